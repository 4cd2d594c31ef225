"""Makes the catalogue's bundles, signs them, and holds assay's answers to the table.

run.py              all of it, in the current folder, as run.sh prepares it
run.py WORD...      cases whose id has one of the words in it
run.py --list       the table
run.py --make       makes and signs the files, and leaves it at that
"""

import importlib
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

FAMILIES = ("zip_headers", "zip_paths", "zip_structure", "tar", "tar_extended", "streams",
            "names", "packages", "bombs", "lists", "polyglots", "clean")
EVERY = int(os.environ.get("HOSTILE_EVERY", 1))  # one case in so many
SLOWEST = float(os.environ.get("HOSTILE_SECONDS", 2))  # processor time no case may take
TIMEOUT = 30 * SLOWEST  # by the clock of a machine that may be busy, until a case counts as hanging


def catalogue(words=()):
    found = []
    for family in FAMILIES:
        module = importlib.import_module(f"cases.{family}")
        found += [replace(case, family=family) for case in module.cases()]
    doubles = len(found) - len({case.id for case in found})
    assert doubles == 0, "an id is used twice"
    return [case for case in found if not words or any(word in case.id for word in words)]


def exits_of(case):
    return "/".join(map(str, sorted(case.exits)))


def print_table(cases):
    for case in cases:
        print(f"{case.family:14} {case.id:34} exit {exits_of(case):4} "
              f"{' | '.join(sorted(case.reasons))}\n{'':15}{case.differs}")


# --- making ------------------------------------------------------------------

def policy_name(case):
    words = [f"{key}-{value}" for key, value in sorted(case.policy.items())]
    return "-".join([*words, *case.refuse]) + ".toml"


def make_policies(cases):
    """The baseline with lower limits, or notes that it refuses: one file for each set."""
    shown = subprocess.run([os.environ["ASSAY"], "policy", "show", "baseline"], check=True,
                           capture_output=True, text=True).stdout
    for case in cases:
        lines = "".join(f"{key} = {value}\n" for key, value in sorted(case.policy.items()))
        notes = ", ".join(f'"{note}"' for note in case.refuse)
        text = shown.replace("[content]\n", f"[content]\nrefuse = [{notes}]\n")
        Path(policy_name(case)).write_text(f"{text}\n[limits]\n{lines}")


def make(cases):
    signed = []
    for case in cases:
        folder = Path("cases", case.id)
        folder.mkdir(parents=True)
        for name, content in {case.file: case.data, **case.beside}.items():
            (folder / name).write_bytes(content)
            if name not in case.unsigned:
                signed.append(str(folder / name))
    key = os.path.join(os.environ["keys"], "acme.key")
    for start in range(0, len(signed), 1000):
        subprocess.run(["minisign", "-S", "-q", "-s", key, "-m", *signed[start:start + 1000]],
                       check=True, stdout=subprocess.DEVNULL)


# --- asking ------------------------------------------------------------------

def reasons_of(report):
    core = report["core"]
    told = set(core["reasons"])
    told.update(problem["code"] for problem in core["problems"])
    told.update(signature.get("reason", "") for signature in core["signatures"])
    return told - {""}


@dataclass(frozen=True)
class Answer:
    code: int | None  # nothing if there was none in time; negative: a signal
    seconds: float  # of processor time, the worker's too
    report: bytes
    said: bytes


def run_bounded(command, output):
    """Runs it with its report going to `output`; ended by force after TIMEOUT."""
    errors = output.with_suffix(".errors")
    with open(output, "wb") as out, open(errors, "wb") as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        late = threading.Event()
        timer = threading.Timer(TIMEOUT, lambda: (late.set(), process.kill()))
        timer.start()
        _, status, used = os.wait4(process.pid, 0)
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Answer(None if late.is_set() else process.returncode, used.ru_utime + used.ru_stime,
                  output.read_bytes(), errors.read_bytes())


def ask(case):
    folder = Path("cases", case.id)
    command = [os.environ["ASSAY"], "verify", "--verdict", "none", "--format", "json",
               "--jobs", "1"]
    if case.policy or case.refuse:
        command += ["--policy", policy_name(case)]
    answer = run_bounded([*command, str(folder / case.file)], Path("cases", case.id + ".json"))
    return case, answer, complaint(case, answer)


def complaint(case, answer):
    """What is wrong with the answer, or nothing."""
    want = f"exit {exits_of(case)}"
    if case.reasons:
        want += f" [{' | '.join(sorted(case.reasons))}]"
    if answer.code is None:
        return f"want {want}; got no answer in {TIMEOUT:.0f} s"
    if answer.code < 0:
        return f"want {want}; got signal {-answer.code}"
    try:
        told = reasons_of(json.loads(answer.report))
    except (ValueError, KeyError):
        text = (answer.said or answer.report).decode(errors="replace").strip()
        return f"want {want}; got exit {answer.code} and no report: {text[:200]}"
    if answer.code not in case.exits or (case.reasons and not told & case.reasons):
        return f"want {want}; got exit {answer.code} [{' '.join(sorted(told))}]"
    if answer.seconds > SLOWEST:
        return f"took {answer.seconds:.1f} s, {SLOWEST:.0f} s at most"
    return None


def print_summary(cases, answers):
    wrong = {case.id: what for case, _, what in answers if what}
    for case in cases:
        if case.id in wrong:
            print(f"WRONG {case.family} {case.id}: {wrong[case.id]}\n      ({case.differs})")
    for family in FAMILIES:
        here = [case for case in cases if case.family == family]
        if here:
            good = sum(case.id not in wrong for case in here)
            print(f"{family:14} {good:4} of {len(here)}")
    slowest, answer, _ = max(answers, key=lambda row: row[1].seconds)
    print(f"slowest: {slowest.id}, {answer.seconds:.2f} s")
    print(f"{len(cases) - len(wrong)} passed, {len(wrong)} failed")
    return len(wrong)


def main():
    begin = time.monotonic()
    cases = catalogue([word for word in sys.argv[1:] if not word.startswith("--")])
    cases = cases[::EVERY]
    if "--list" in sys.argv:
        return print_table(cases)
    make(cases)
    make_policies(cases)
    size = sum(len(case.data) for case in cases)
    print(f"{len(cases)} cases, {size / 1e6:.1f} MB, made and signed "
          f"in {time.monotonic() - begin:.1f} s")
    if "--make" in sys.argv:
        return None
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(ask, cases))
    return 1 if print_summary(cases, answers) else 0


if __name__ == "__main__":
    sys.exit(main())
