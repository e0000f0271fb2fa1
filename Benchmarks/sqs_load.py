"""A load generator for SQS servers, on plain sockets: it costs the machine less than what it measures."""

import json
import socket
import time


class Connection:
    """One connection, kept open for as long as the server does; a request may be written before it is read for."""

    def __init__(self, port):
        self.port = port
        self.open()

    def open(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.ended = False

    def write(self, request):
        if self.ended:
            self.close()
            self.open()
        self.socket.sendall(request)

    def read(self, status=b"200"):
        """The body of the next answer, which has to have that status."""
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            self.fill()
        head = self.buffer[:end].lower()
        if head[9:12] != status:
            raise RuntimeError(self.buffer[:1000].decode(errors="replace"))
        start = head.index(b"content-length:") + 15
        length = int(head[start:head.find(b"\r", start) if head.find(b"\r", start) > 0 else len(head)])
        end += 4
        while len(self.buffer) < end + length:
            self.fill()
        body, self.buffer = self.buffer[end:end + length], self.buffer[end + length:]
        self.ended = b"connection: close" in head
        return body

    def fill(self):
        more = self.socket.recv(1 << 18)
        if not more:
            raise RuntimeError("the server closed the connection")
        self.buffer += more

    def call(self, action, **members):
        self.write(request(action, **members))
        return json.loads(self.read() or b"{}")

    def close(self):
        self.socket.close()


def request(action, **members):
    """A request of the JSON protocol, as an SDK would send it."""
    body = json.dumps(members).encode()
    return (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-amz-json-1.0\r\n"
        b"X-Amz-Target: AmazonSQS." + action.encode() + b"\r\n"
        b"Authorization: AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/sqs/aws4_request, "
        b"SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=" + b"0" * 64 + b"\r\n"
        b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)


class Load:
    """Sixteen connections, in waves: a request on each, then the answer on each."""

    def __init__(self, server, port, queue, connections=16):
        self.server = server
        self.port = port
        self.queue = queue
        self.connections = [Connection(port) for _ in range(connections)]

    def measured(self, messages, work):
        """Microseconds of the server's CPU a message, and messages a second."""
        cpu, start = self.server.cpu_seconds(), time.monotonic()
        done = work(messages)
        elapsed, cpu = time.monotonic() - start, self.server.cpu_seconds() - cpu
        return 1e6 * cpu / done, done / elapsed

    def send(self, messages, body):
        one = request("SendMessage", QueueUrl=self.queue, MessageBody=body)
        return self.waves(one, messages, 1)

    def send_batches(self, messages, body):
        entries = [{"Id": str(index), "MessageBody": body} for index in range(10)]
        return self.waves(request("SendMessageBatch", QueueUrl=self.queue, Entries=entries), messages, 10)

    def waves(self, one, messages, each):
        done = 0
        while done < messages:
            for connection in self.connections:
                connection.write(one)
            for connection in self.connections:
                connection.read()
            done += each * len(self.connections)
        return done

    def consume(self, messages):
        """Receives ten and deletes ten, on each connection."""
        receive = request("ReceiveMessage", QueueUrl=self.queue, MaxNumberOfMessages=10)
        done = 0
        while done < messages:
            for connection in self.connections:
                connection.write(receive)
            for connection in self.connections:
                received = json.loads(connection.read()).get("Messages", [])
                if not received:
                    raise RuntimeError("the queue is empty")
                done += len(received)
                entries = [
                    {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
                    for index, message in enumerate(received)]
                connection.write(request("DeleteMessageBatch", QueueUrl=self.queue, Entries=entries))
            for connection in self.connections:
                connection.read()
        return done

    def one_by_one(self, messages, body):
        """Sends, receives and deletes one message at a time, on one connection."""
        connection = self.connections[0]
        for _ in range(messages):
            connection.call("SendMessage", QueueUrl=self.queue, MessageBody=body)
            received = connection.call("ReceiveMessage", QueueUrl=self.queue)["Messages"]
            connection.call("DeleteMessage", QueueUrl=self.queue, ReceiptHandle=received[0]["ReceiptHandle"])
        return messages

    def latencies(self, count, body):
        """Milliseconds from a send to its arrival at a poll that waits, in order."""
        poller, sender = self.connections[:2]
        times = []
        for _ in range(count):
            poller.write(request("ReceiveMessage", QueueUrl=self.queue, WaitTimeSeconds=20))
            time.sleep(0.002)
            start = time.monotonic()
            sender.write(request("SendMessage", QueueUrl=self.queue, MessageBody=body))
            received = json.loads(poller.read())["Messages"]
            times.append(1e3 * (time.monotonic() - start))
            sender.read()
            sender.call("DeleteMessage", QueueUrl=self.queue, ReceiptHandle=received[0]["ReceiptHandle"])
        return sorted(times)

    def idle_polls(self, count, seconds):
        """Percent of one CPU that the server takes while so many polls wait."""
        polls = [Connection(self.port) for _ in range(count)]
        for poll in polls:
            poll.write(request("ReceiveMessage", QueueUrl=self.queue, WaitTimeSeconds=20))
        time.sleep(1)
        cpu = self.server.cpu_seconds()
        time.sleep(seconds)
        cpu = self.server.cpu_seconds() - cpu
        for poll in polls:
            poll.close()
        return 100 * cpu / seconds

    def close(self):
        for connection in self.connections:
            connection.close()
