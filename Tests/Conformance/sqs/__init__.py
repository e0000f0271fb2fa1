"""SQS as its clients see it: every action, error and limit over both protocols, against `lambda-local queue serve`."""

import re

from checks import Process, clean_environment
from sqs.clients import command_line, sdk
from sqs.protocols import JSONProtocol, QueryProtocol
from sqs.scenarios import SCENARIOS
from sqs.wire import strict, wire


def run(checks, bin):
    environment = clean_environment()
    with Process([bin / "lambda-local", "queue", "serve", "--memory", "--port", "0"], environment) as process:
        url = process.wait_for(lambda: re.search(r"^(http://\S+:\d+)$", process.log(), re.MULTILINE))[1]
        for protocol in (JSONProtocol(url), QueryProtocol(url)):
            for scenario in SCENARIOS:
                with checks.check(f"SQS over {protocol.name}: {scenario.__doc__}"):
                    scenario(protocol)
        wire(checks, url)
        sdk(checks, url)
        command_line(checks, url, environment)
    with Process([bin / "lambda-local", "queue", "serve", "--memory", "--strict", "--port", "0"],
                 environment) as process:
        url = process.wait_for(lambda: re.search(r"^(http://\S+:\d+)$", process.log(), re.MULTILINE))[1]
        with checks.check("SQS --strict: cool-downs of 60 seconds, and no unsigned requests"):
            strict(url)
