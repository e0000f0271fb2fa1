// Stands in for libraries that libcurl and libpq were built with, that neither function uses, and that Debian has in no
// form that can go into a program. Whatever of theirs is called all the same fails: a text is none, an object is not made,
// anything else answers -1, which is an error to each of these libraries.
//
// They are weak, so that one which comes with a library all the same is no error.

#define FAILS(name) __attribute__((weak)) long name(void) { return -1; }
#define GIVES_NOTHING(name) __attribute__((weak)) void *name(void) { return 0; }

// Kerberos (libgssapi)
__attribute__((weak)) void *GSS_C_NT_HOSTBASED_SERVICE;
FAILS(gss_acquire_cred) FAILS(gss_delete_sec_context) FAILS(gss_display_name) FAILS(gss_display_status)
FAILS(gss_import_name) FAILS(gss_init_sec_context) FAILS(gss_inquire_context) FAILS(gss_release_buffer)
FAILS(gss_release_cred) FAILS(gss_release_name) FAILS(gss_unwrap) FAILS(gss_wrap) FAILS(gss_wrap_size_limit)

// LDAP
GIVES_NOTHING(ldap_err2string) GIVES_NOTHING(ldap_first_entry) GIVES_NOTHING(ldap_get_values_len)
GIVES_NOTHING(ldap_init)
FAILS(ber_bvfree) FAILS(ber_free) FAILS(ber_memfree) FAILS(ber_sockbuf_add_io) FAILS(ldap_abandon_ext)
FAILS(ldap_count_entries) FAILS(ldap_free_urldesc) FAILS(ldap_get_attribute_ber) FAILS(ldap_get_dn_ber)
FAILS(ldap_get_option) FAILS(ldap_init_fd) FAILS(ldap_memfree) FAILS(ldap_msgfree) FAILS(ldap_msgtype)
FAILS(ldap_parse_result) FAILS(ldap_parse_sasl_bind_result) FAILS(ldap_pvt_url_scheme2proto) FAILS(ldap_result)
FAILS(ldap_sasl_bind) FAILS(ldap_search_ext) FAILS(ldap_search_st) FAILS(ldap_set_option) FAILS(ldap_simple_bind)
FAILS(ldap_start_tls) FAILS(ldap_unbind) FAILS(ldap_unbind_ext) FAILS(ldap_url_parse) FAILS(ldap_value_free_len)

// SSH (libssh2)
// libcurl asks it to begin when it begins itself, and would not begin if that failed.
__attribute__((weak)) int libssh2_init(int flags) { return 0; }
GIVES_NOTHING(libssh2_agent_init) GIVES_NOTHING(libssh2_hostkey_hash) GIVES_NOTHING(libssh2_knownhost_init)
GIVES_NOTHING(libssh2_scp_recv2) GIVES_NOTHING(libssh2_scp_send64) GIVES_NOTHING(libssh2_session_abstract)
GIVES_NOTHING(libssh2_session_callback_set) GIVES_NOTHING(libssh2_session_hostkey)
GIVES_NOTHING(libssh2_session_init_ex) GIVES_NOTHING(libssh2_sftp_init) GIVES_NOTHING(libssh2_sftp_open_ex)
GIVES_NOTHING(libssh2_userauth_list) GIVES_NOTHING(libssh2_version)
FAILS(libssh2_agent_connect) FAILS(libssh2_agent_disconnect) FAILS(libssh2_agent_free) FAILS(libssh2_agent_get_identity)
FAILS(libssh2_agent_list_identities) FAILS(libssh2_agent_userauth) FAILS(libssh2_channel_free)
FAILS(libssh2_channel_read_ex) FAILS(libssh2_channel_send_eof) FAILS(libssh2_channel_wait_closed)
FAILS(libssh2_channel_wait_eof) FAILS(libssh2_channel_write_ex) FAILS(libssh2_exit) FAILS(libssh2_knownhost_add)
FAILS(libssh2_knownhost_checkp) FAILS(libssh2_knownhost_del) FAILS(libssh2_knownhost_free) FAILS(libssh2_knownhost_get)
FAILS(libssh2_knownhost_readfile) FAILS(libssh2_knownhost_writefile) FAILS(libssh2_session_block_directions)
FAILS(libssh2_session_disconnect_ex) FAILS(libssh2_session_flag) FAILS(libssh2_session_free)
FAILS(libssh2_session_handshake) FAILS(libssh2_session_last_errno) FAILS(libssh2_session_last_error)
FAILS(libssh2_session_method_pref) FAILS(libssh2_session_set_blocking) FAILS(libssh2_sftp_close_handle)
FAILS(libssh2_sftp_last_error) FAILS(libssh2_sftp_mkdir_ex) FAILS(libssh2_sftp_read) FAILS(libssh2_sftp_readdir_ex)
FAILS(libssh2_sftp_rename_ex) FAILS(libssh2_sftp_rmdir_ex) FAILS(libssh2_sftp_seek64) FAILS(libssh2_sftp_shutdown)
FAILS(libssh2_sftp_stat_ex) FAILS(libssh2_sftp_statvfs) FAILS(libssh2_sftp_symlink_ex) FAILS(libssh2_sftp_unlink_ex)
FAILS(libssh2_sftp_write) FAILS(libssh2_userauth_authenticated) FAILS(libssh2_userauth_keyboard_interactive_ex)
FAILS(libssh2_userauth_password_ex) FAILS(libssh2_userauth_publickey_fromfile_ex)

// RTMP
GIVES_NOTHING(RTMP_Alloc)
FAILS(RTMP_Close) FAILS(RTMP_Connect1) FAILS(RTMP_ConnectStream) FAILS(RTMP_Free) FAILS(RTMP_Init) FAILS(RTMP_Read)
FAILS(RTMP_SetBufferMS) FAILS(RTMP_SetupURL) FAILS(RTMP_Write)

// HTTP/2 (libnghttp2)
GIVES_NOTHING(nghttp2_http2_strerror) GIVES_NOTHING(nghttp2_session_get_stream_user_data)
GIVES_NOTHING(nghttp2_strerror) GIVES_NOTHING(nghttp2_version)
FAILS(nghttp2_is_fatal) FAILS(nghttp2_option_del) FAILS(nghttp2_option_new)
FAILS(nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation) FAILS(nghttp2_pack_settings_payload)
FAILS(nghttp2_priority_spec_init) FAILS(nghttp2_session_callbacks_del) FAILS(nghttp2_session_callbacks_new)
FAILS(nghttp2_session_callbacks_set_error_callback) FAILS(nghttp2_session_callbacks_set_on_begin_headers_callback)
FAILS(nghttp2_session_callbacks_set_on_data_chunk_recv_callback)
FAILS(nghttp2_session_callbacks_set_on_frame_recv_callback) FAILS(nghttp2_session_callbacks_set_on_header_callback)
FAILS(nghttp2_session_callbacks_set_on_stream_close_callback) FAILS(nghttp2_session_callbacks_set_send_callback)
FAILS(nghttp2_session_check_request_allowed) FAILS(nghttp2_session_client_new2) FAILS(nghttp2_session_del)
FAILS(nghttp2_session_get_remote_settings) FAILS(nghttp2_session_get_remote_window_size)
FAILS(nghttp2_session_get_stream_remote_window_size) FAILS(nghttp2_session_mem_recv) FAILS(nghttp2_session_resume_data)
FAILS(nghttp2_session_send) FAILS(nghttp2_session_set_local_window_size) FAILS(nghttp2_session_set_stream_user_data)
FAILS(nghttp2_session_upgrade2) FAILS(nghttp2_session_want_read) FAILS(nghttp2_session_want_write)
FAILS(nghttp2_submit_ping) FAILS(nghttp2_submit_priority) FAILS(nghttp2_submit_request) FAILS(nghttp2_submit_rst_stream)
FAILS(nghttp2_submit_settings)

// Domain names outside ASCII (libidn2), and which domains may not have cookies (libpsl)
GIVES_NOTHING(idn2_check_version) GIVES_NOTHING(psl_builtin) GIVES_NOTHING(psl_latest)
FAILS(idn2_free) FAILS(idn2_lookup_ul) FAILS(psl_free) FAILS(psl_is_cookie_domain_acceptable)

// Compression (zlib, brotli, zstd)
GIVES_NOTHING(BrotliDecoderCreateInstance) GIVES_NOTHING(ZSTD_createDStream) GIVES_NOTHING(zlibVersion)
FAILS(BrotliDecoderDecompressStream) FAILS(BrotliDecoderDestroyInstance) FAILS(BrotliDecoderGetErrorCode)
FAILS(ZSTD_decompressStream) FAILS(ZSTD_freeDStream) FAILS(ZSTD_isError) FAILS(inflate) FAILS(inflateEnd)
FAILS(inflateInit2_) FAILS(inflateInit_)
