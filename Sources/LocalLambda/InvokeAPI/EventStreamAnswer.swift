import NIOCore
import NIOHTTP1

/// The answer of InvokeWithResponseStream: each part of the function's answer leaves as a message of its own.
///
/// See [InvokeWithResponseStream](https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html).
struct EventStreamAnswer: Sendable {
  let exchange: HTTPExchange
  let requestID: String

  /// What takes an answer that the function streams.
  var stream: AnswerStream {
    AnswerStream(
      begin: { _, body in
        exchange.begin(.ok, headers: headers)
        exchange.pace(body)
      },
      write: { exchange.write(Self.chunk($0)) })
  }

  /// Ends the answer; one that was not streamed is all in the result.
  func complete(_ result: InvocationResult) {
    var messages = ByteBuffer()
    var error: ByteBuffer?
    switch result.outcome {
    case .throttled: return exchange.refuse(.throttled(result), requestID: requestID)
    case .success(var payload, _):
      while payload.readableBytes > 0, let part = payload.readSlice(length: min(payload.readableBytes, 65_536)) {
        EventStream.write("PayloadChunk", contentType: "application/octet-stream", part, to: &messages)
      }
    case .functionError(let body): error = body
    }
    let log = result.logTail.map { Base64.encode($0.readableBytesView) }
    EventStream.writeInvokeComplete(error: error, log: log, to: &messages)
    if result.isStreamed {
      exchange.write(messages)
      exchange.end()
    } else {
      exchange.respond(ServerResponse(.ok, headers: headers, body: messages))
    }
  }

  private var headers: HTTPHeaders {
    [
      "Content-Type": "application/vnd.amazon.eventstream", "x-amzn-RequestId": requestID,
      "X-Amz-Executed-Version": "$LATEST",
    ]
  }

  private static func chunk(_ part: ByteBuffer) -> ByteBuffer {
    var message = ByteBuffer()
    message.reserveCapacity(part.readableBytes + 128)
    EventStream.write("PayloadChunk", contentType: "application/octet-stream", part, to: &message)
    return message
  }
}
