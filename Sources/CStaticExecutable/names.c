/// glibc's own, in no header any more: chooses the sources of a database in the place of /etc/nsswitch.conf.
int __nss_configure_lookup(const char *database, const char *sources);

/// A program that is linked whole has the sources "files" and "dns" inside. For any other that /etc/nsswitch.conf names,
/// the C library would load the system's modules, and with them a second C library, perhaps of another version.
__attribute__((constructor)) static void look_names_up_in_files_and_dns(void) {
  __nss_configure_lookup("hosts", "files dns");
  __nss_configure_lookup("passwd", "files");
}
