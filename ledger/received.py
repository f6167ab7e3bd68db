"""The receiver's side: a folder of packages that follow each other, and the ledger folded from them.

The kept packages are the truth. `ledger.duckdb` is made from them and can be made again; a package counts when its rows
are applied, the state comes to the hash that the sender wrote down, and only then.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ledger.package import ENTRIES, Package, package_name, read_package
from ledger.snapshot import state_hash
from ledger.standalone_verifier import read_public_key
from ledger.store import FOLD, STATE_VIEW, connect
from ledger.whole import put_whole, sync_file
from schemas.errors import DeliveryRefused, IntegrityError, UsageError, say
from schemas.modelling import create_table, describe
from schemas.tables import LedgerEntry

LEDGER = "ledger.duckdb"
SAME_SENDER = ("origin", "recipient", "profile")
OTHER_RUN = "与已入账的同号数据包内容不同：发送方的链条被改写或分叉，请与发送方核对并报告"


OTHER_WAITS = "与 waiting 里的同号数据包不是同一次运行：发送方的链条被改写或分叉，或其中一包不是发送方所发；等待的那一包没有动，请与发送方核对"


@dataclass(frozen=True)
class Copy:
    """One receiver's folder."""

    root: Path

    @property
    def packages(self) -> Path:
        return self.root / "packages"

    @property
    def waiting(self) -> Path:
        """Packages that came before the ones they follow."""
        return self.root / "waiting"

    @property
    def ledger(self) -> Path:
        return self.root / LEDGER

    @property
    def sender(self) -> Path:
        """The public key of the one who sends, as the receiver had it from him by another way. Absent: nobody's is known."""
        return self.root / "sender.pub"

    @property
    def work(self) -> Path:
        return self.root / ".work"

    def sender_key(self) -> str:
        """That key in hex, or "". Raises: UsageError where the file holds none."""
        if not self.sender.exists():
            return ""
        return known_key(self.sender)

    def chain(self) -> list[Package]:
        """The applied packages in order, from the newest snapshot on where there is one. Raises: IntegrityError."""
        try:
            kept = [read_package(p, is_kept=True) for p in sorted(self.packages.glob("zhaoren-*.zip"))]
        except DeliveryRefused:
            raise IntegrityError(
                "packages 文件夹里有损坏的数据包；请向发送方要一份快照，放进新的文件夹重新开始。"
            ) from None
        snapshots = [p.run_no for p in kept if p.facts["is_snapshot"]]
        start = max(snapshots, default=0)
        return sorted(
            (p for p in kept if p.run_no > start or (p.run_no == start and p.facts["is_snapshot"])),
            key=lambda p: p.run_no,
        )


def known_key(file: Path) -> str:
    """A public key in hex. Raises: UsageError where the file cannot be read or holds none."""
    try:
        return read_public_key(file.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise UsageError(
            say(f"{file} 不是公钥文件（{type(error).__name__}）；应是发送方用 zhaoren keys new 写的 .pub 文件。",
                f"{file} is no public key file ({type(error).__name__}); the sender's zhaoren keys new wrote a .pub.")
        ) from None  # fmt: skip


def accept(copy: Copy, package: Package) -> str:
    """Take a package in: `applied`, `repeated` (the same again) or `waiting` (one before it is missing).
    Raises: DeliveryRefused for one of another sender, or that contradicts what was applied."""
    if known := copy.sender_key():
        if not package.signed_by:
            raise _refused("没有签名，而这里登记了发送方的公钥；请对方设好签名密钥后重新发送", "unsigned")
        if not package.is_from(known):
            raise _refused(
                f"是另一把密钥签的（公钥 {package.signed_by[:16]}…），也没有由登记的密钥移交；请与发送方当面或电话核对公钥后再用 --public-key 登记",
                "another_key",
            )
    chain = copy.chain()
    last = chain[-1] if chain else None
    if last and any(package.facts[k] != last.facts[k] for k in SAME_SENDER):
        raise _refused(
            "来自另一个台账，或发送方改了口径（政策包、遮蔽）；换口径时请用快照在新的文件夹里重新开始", "another_sender"
        )
    if any(package.sha256 == p.sha256 for p in chain):
        return "repeated"
    if package.facts["is_snapshot"]:
        return _accept_snapshot(copy, package, last)
    if last and package.run_no <= last.run_no:
        return _accept_old(package, chain)
    if package.run_no != (last.run_no + 1 if last else 1):
        _keep_waiting(package, copy)
        return "waiting"
    if package.facts["previous"] != (last.facts["head"] if last else ""):
        raise _refused("接不上前一包：发送方的链条被改写或分叉，请与发送方核对并报告", "fork")
    _apply(copy, [package], fresh=not chain)
    return "applied"


def _accept_old(package: Package, chain: Sequence[Package]) -> str:
    """A number that was applied before: the same run in other bytes is nothing new, another run is a fork."""
    twin = next((p for p in chain if p.run_no == package.run_no), None)
    if twin is None or twin.facts["head"] == package.facts["head"]:
        return "repeated"
    raise _refused(OTHER_RUN, "fork")


def _accept_snapshot(copy: Copy, package: Package, last: Package | None) -> str:
    if last and (
        package.run_no < last.run_no or (package.run_no == last.run_no and package.facts["head"] == last.facts["head"])
    ):
        return "repeated"
    if last and package.run_no == last.run_no:
        raise _refused(OTHER_RUN, "fork")
    if last and not _is_of_one_chain(package, last):
        raise _refused("不含这里已入账的那次运行：发送方的链条被改写或分叉，请与发送方核对并报告", "fork")
    _apply(copy, [package], fresh=True)
    return "applied"


def _is_of_one_chain(snapshot: Package, last: Package) -> bool:
    """Whether the chain that a snapshot comes from went through the run that was applied last."""
    heads = snapshot.facts.get("heads")
    return isinstance(heads, list) and heads[last.run_no - 1 : last.run_no] == [last.facts["head"]]


def release_waiting(copy: Copy) -> tuple[list[Package], list[tuple[str, str]]]:
    """Apply what was waiting and follows now. Gives what was applied, and what turned out wrong with its reason: that is moved to
    `refused`."""
    done, refused = [], []
    for path in sorted(copy.waiting.glob("zhaoren-*.zip")):
        try:
            package = read_package(path)
            verdict = accept(copy, package)
        except DeliveryRefused as refusal:
            refused.append((path.name, refusal.reason))
            (copy.root / "refused").mkdir(exist_ok=True)
            path.replace(copy.root / "refused" / path.name)
            continue
        if verdict == "waiting":
            break
        path.unlink()
        if verdict == "applied":
            done.append(package)
    return done, refused


def ensure_ledger(copy: Copy) -> None:
    """Make the ledger hold exactly the kept packages; made anew where it is missing, damaged or behind."""
    chain = copy.chain()
    if chain and _held(copy) != [p.sha256 for p in chain]:
        _write_ledger(copy, chain, fresh=True)


def _held(copy: Copy) -> list[str] | None:
    if not copy.ledger.is_file():
        return None
    try:
        con = connect(copy.ledger, read_only=True)
        try:
            con.execute("select bit_xor(hash(e)) from ledger_entry as e").fetchall()
            return [sha for (sha,) in con.execute("select sha256 from applied_run order by run_no").fetchall()]
        finally:
            con.close()
    except duckdb.Error:
        return None


def _apply(copy: Copy, packages: Sequence[Package], *, fresh: bool) -> None:
    if not fresh:
        ensure_ledger(copy)
    made = _write_beside(copy, packages, fresh=fresh)
    for package in packages:
        _keep(package, copy.packages)
    os.replace(made, copy.ledger)
    shutil.rmtree(copy.work, ignore_errors=True)


def _write_ledger(copy: Copy, packages: Sequence[Package], *, fresh: bool) -> None:
    os.replace(_write_beside(copy, packages, fresh=fresh), copy.ledger)


def _write_beside(copy: Copy, packages: Sequence[Package], *, fresh: bool) -> Path:
    """The ledger with the packages applied, in a file of its own. Raises: DeliveryRefused unless each state adds up."""
    shutil.rmtree(copy.work, ignore_errors=True)
    copy.work.mkdir(parents=True, mode=0o700)
    beside = copy.work / "ledger.new"
    if not fresh:
        shutil.copyfile(copy.ledger, beside)
    con = connect(beside, scratch=copy.work / "spill")
    try:
        if fresh:
            con.execute(create_table("ledger_entry", [(c.name, c.sql) for c in describe(LedgerEntry).columns]))
            con.execute("create table applied_run (run_no bigint, sha256 varchar, as_of date)")
            con.execute(FOLD.read_text(encoding="utf-8"))
            con.execute(STATE_VIEW)
        for package in packages:
            _insert(con, copy, package)
        con.execute("checkpoint")
    finally:
        con.close()
    sync_file(beside)
    return beside


def _insert(con: duckdb.DuckDBPyConnection, copy: Copy, package: Package) -> None:
    rows = package.extract(ENTRIES, copy.work)
    try:
        con.execute("insert into ledger_entry by name select * from read_parquet($path)", {"path": str(rows)})
        con.execute("insert into applied_run values (?, ?, ?)", [package.run_no, package.sha256, package.as_of])
        came = state_hash(con, package.as_of)
    except duckdb.Error as error:
        raise _refused(f"里的台账分录读不出（{type(error).__name__}）；请对方重新发送", "entries") from None
    if came != (package.facts["state_rows"], package.facts["state_sha256"]):
        raise _refused("入账后的台账与发送方写明的不一致；没有入账，请对方发送快照重新开始", "state")


def _keep_waiting(package: Package, copy: Copy) -> None:
    """Raises: DeliveryRefused where another run waits under that number: which of the two is right shows when those before them are
    there, and until then neither may take the other's place."""
    try:
        heads = {package.facts["head"], read_package(_place(package, copy.waiting)).facts["head"]}
    except DeliveryRefused:  # none waits, or one that spoilt
        heads = set()
    if len(heads) > 1:
        raise _refused(OTHER_WAITS, "fork")
    _keep(package, copy.waiting)


def _place(package: Package, folder: Path) -> Path:
    return folder / package_name(package.run_no, is_snapshot=bool(package.facts["is_snapshot"]))


def _keep(package: Package, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with put_whole(_place(package, folder)) as beside:
        shutil.copyfile(package.path, beside)


def _refused(why: str, code: str) -> DeliveryRefused:
    return DeliveryRefused(f"数据包{why}。", code=code)
