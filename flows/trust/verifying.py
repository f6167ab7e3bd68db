"""`zhaoren verify`: the chain by itself, against the head logs of the settings, and against what was given."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from flows.files.kept_files import open_vault
from flows.settings.read import read_settings
from flows.trust.signing_keys import head_logs
from flows.workspace import Workspace
from ledger.standalone_verifier import outside_of, plain_receipt, told
from ledger.temporary import own_folder
from ledger.verify import examine
from schemas.errors import UsageError, say


def verification(
    workspace: Workspace, head: str, public_key: Path | None, receipt: str
) -> tuple[list[str], list[str], list[str]]:
    """What holds, what does not, and what is worth knowing, in sentences. Raises: UsageError for a file that is none."""
    try:
        outside = outside_of(head, (), public_key, receipt)
    except (OSError, ValueError) as error:
        raise UsageError(
            say(f"{public_key} 不是公钥文件（{type(error).__name__}）；应是 zhaoren keys new 写的 .pub 文件。",
                f"{public_key} is no public key file ({type(error).__name__}).")
        ) from None  # fmt: skip
    logs, notes = [], []
    settings = read_settings(workspace.root)
    for log in head_logs(workspace, settings):
        try:
            logs.append((str(log), log.read_text(encoding="utf-8", errors="replace")))
        except OSError:
            notes.append(
                say(f"注意：存证 {log} 读不到，没有与它对照。", f"Note: {log} cannot be read and was not compared.")
            )
    keys = {key_id: key.secret for key_id, key in open_vault(workspace, settings).keys.items()}
    known = replace(outside, logs=tuple(logs))
    with TemporaryDirectory(dir=own_folder()) as scratch:
        chain = examine(workspace.sealed, workspace.archive, known, keys, settings.at_rest.lost, Path(scratch))
    notes += [say("注意：", "Note: ") + line for line in told(chain.notes)]
    if chain.faults:
        return [], told(chain.faults), notes
    count, newest = len(chain.heads), "".join(chain.heads[-1:])
    good = [
        say(
            f"{count} 次运行全部核对无误。最新清单 sha256：{newest}",
            f"All {count} runs hold. Newest manifest sha256: {newest}",
        )
    ]
    if receipt:
        run = chain.receipts.index(plain_receipt(receipt)) + 1
        good.append(say(f"回执属于第 {run} 次运行。", f"The receipt is that of run {run}."))
    return good, [], notes
