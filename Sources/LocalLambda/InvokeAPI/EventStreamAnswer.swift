import NIOCore
import NIOHTTP1

/// The answer of InvokeWithResponseStream: each part of the function's answer leaves as a message of its own.
///
/// See [InvokeWithResponseStream](https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html).
struct EventStreamAnswer: Sendable {
  let exchange: HTTPExchange
  let requestID: String

  /// What takes the function's answer.
  var stream: AnswerStream {
    AnswerStream(
      begin: { _, body in
        exchange.begin(.ok, headers: headers)
        exchange.pace(body)
      },
      write: { exchange.write(Self.chunk($0)) })
  }

  /// Ends the answer; where the function began none, the result says why.
  func complete(_ result: InvocationResult) {
    var error: ByteBuffer?
    switch result.outcome {
    case .throttled: return exchange.refuse(.throttled(result), requestID: requestID)
    case .success: break
    case .functionError(let body): error = body
    }
    let log = result.logTail.map { Base64.encode($0.readableBytesView) }
    var message = ByteBuffer()
    EventStream.writeInvokeComplete(error: error, log: log, to: &message)
    if result.isStreamed {
      exchange.write(message)
      exchange.end()
    } else {
      exchange.respond(ServerResponse(.ok, headers: headers, body: message))
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
