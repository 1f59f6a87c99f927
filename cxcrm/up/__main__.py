"""The launcher's command line: the whole stack (up, demo), one process of it (web, worker, beat), or test servers."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from cxcrm.up import config, ports, processes, say, throwaway
from cxcrm.up.errors import CannotStart

ROOT_PYTEST = [sys.executable, "-m", "pytest"]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m cxcrm.up", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start everything, for real use")
    demo = commands.add_parser("demo", help="start everything and load the demo firms")
    demo.add_argument("--story", action="store_true", help="play the story, then stop with its exit code")
    web = commands.add_parser("web", help="run one web server, for a machine of its own")
    web.add_argument("--port", type=int, help="default: CXCRM_PORT")
    worker = commands.add_parser("worker", help="run one worker, for a machine of its own")
    worker.add_argument("kind", choices=sorted(processes.WORKERS))
    worker.add_argument("--name", default="", help="tells several workers on one machine apart")
    worker.add_argument("--processes", type=int, help="default: 1 for escalations, 2 otherwise")
    commands.add_parser("beat", help="run a scheduler, for a machine of its own")
    test = commands.add_parser("test", help="run pytest beside throw-away servers")
    test.add_argument("arguments", nargs="*", help="for pytest, after --")
    run = commands.add_parser("exec", help="run a command beside throw-away servers")
    run.add_argument("--durable", action="store_true", help="keep fsync on, for measurements")
    run.add_argument("arguments", nargs="+", help="the command, after --")
    commands.add_parser("serve-test", help="keep throw-away servers running and print their addresses")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    options = parser().parse_args(argv)
    for sig in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, _leave)
    try:
        match options.command:
            case "test":
                from cxcrm.up import catalogues

                catalogues.compile_stale()  # after a pull or a merge, what is shown is what is written
                return throwaway.run([*ROOT_PYTEST, *options.arguments])
            case "web" | "worker" | "beat":
                return one_process(options)
            case "exec":
                return throwaway.run(options.arguments, durable=options.durable)
            case "serve-test":
                return serve_test()
            case _:
                from cxcrm.up import stack

                return stack.run(demo=options.command == "demo", story=getattr(options, "story", False))
    except CannotStart as problem:
        say.error(str(problem))
        return 2
    except KeyboardInterrupt:
        return 130


def one_process(options: argparse.Namespace) -> int:
    """Become a web server, a worker or a scheduler of an installation whose servers are elsewhere. Never returns."""
    settings = config.read(os.environ)
    if not (settings.database_url and settings.redis_url and settings.email_url):
        raise CannotStart("A process of its own needs DATABASE_URL, REDIS_URL and EMAIL_URL; for all in one use: up")
    match options.command:
        case "web":
            port = options.port or settings.web_port
            ports.require_free("--port", settings.bind, port)
            processes.become(processes.web(settings.bind, port))
        case "worker":
            processes.become(processes.worker(options.kind, name=options.name, processes=options.processes))
        case _:
            settings.home.mkdir(parents=True, exist_ok=True)
            processes.become(processes.beat(settings.home / "beat-schedule"))
    return 0


def serve_test() -> int:
    """Keep a throw-away pair until Ctrl-C; prints lines a shell can take over."""
    signal.signal(signal.SIGINT, _leave)
    with throwaway.servers() as found:
        for name, value in found.items():
            say.line(f"export {name}='{value}'")
        say.line("# Running; Ctrl-C removes everything.")
        signal.pause()
    return 0


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
