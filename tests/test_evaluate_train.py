"""`zhaoren evaluate` against naive counting in plain Python, and what `zhaoren train` promises."""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.looking.look import opened_store
from flows.who.evaluating import Figure, evaluate, name_shapes
from flows.who.training_run import SHARED_BY, _require_sense
from flows.who.truth_file import read_truth
from flows.workspace import Workspace, locked
from matchers import training
from matchers.fold_columns import fold_names
from matchers.model import read_model
from sample_data.__main__ import main as make_sample
from schemas.errors import UsageError
from tests.naive_evaluation import expected, judged, records, truth_rows, twisted, write_truth
from tests.rough_files import SAMPLE, SampleTown, copy_of, table, zhaoren_here
from tests.unjudged_nights import unjudged_night

ROSTERS = ("失业登记", "社保停保", "失业保险待遇", "低保低收入", "残疾人证", "服务记录")


@pytest.fixture(scope="module")
def town(sample_town: SampleTown) -> Workspace:
    """Two of the three sample nights. Not to be changed."""
    return sample_town(2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One night of the rosters of a larger town, after `zhaoren train`; with fewer random pairs, which take the time."""
    patch = pytest.MonkeyPatch()
    patch.setattr(training, "RANDOM_PAIRS", 200_000)
    folder = tmp_path_factory.mktemp("larger")
    make_sample(["--out", str(folder / "set"), "--people", "13000", "--nights", "1", "--formats", "plain"])
    assert zhaoren_here("init", folder / "ws", "--pack", "neimenggu").returncode == 0
    workspace = Workspace(folder / "ws")
    for kind in ROSTERS:
        for file in (folder / "set" / "night-1").glob(f"{kind}_*"):
            shutil.copyfile(file, workspace.inbox / file.name)
    unjudged_night(workspace, date(2024, 6, 29))
    done = zhaoren_here("train", workspace.root)
    assert done.returncode == 0, done.stderr
    (folder / "told.txt").write_text(done.stdout, encoding="utf-8")
    yield workspace
    patch.undo()


# Evaluation, against one row after another.


def measured(town: Workspace, path: Path) -> list[Figure]:
    with opened_store(town) as con:
        return evaluate(con, town, path)[1]


@pytest.mark.parametrize("is_twisted", [False, True], ids=["the sample's truth", "a truth with faults"])
def test_figures_are_those_of_counting_row_by_row(is_twisted: bool, town: Workspace, tmp_path: Path) -> None:
    rows = twisted() if is_twisted else truth_rows()
    figures = measured(town, write_truth(tmp_path / "truth.csv", rows, chinese=is_twisted))
    naive = judged(list(records(town, rows)))
    told = {(f.stratum, f.value, f.measure): (f.share.hits, f.share.trials) for f in figures}
    assert {k: v for k, v in told.items() if k[0] in ("all", "source", "damage") and "b_cubed" not in k[2]} == expected(naive)  # fmt: skip
    assert (told["all", "all", "precision"][0] < told["all", "all", "precision"][1]) is is_twisted
    for stratum in ("name", "age"):  # every row stands in one class
        for measure in ("precision", "recall"):
            parts = [v for k, v in told.items() if k[0] == stratum and k[2] == measure]
            assert (sum(h for h, _ in parts), sum(t for _, t in parts)) == told["all", "all", measure]
    named = [r for r in naive if r["truth"]]
    made, there = Counter(r["person"] or r["place"] for r in named), Counter(r["truth"] for r in named)
    shared = Counter((r["person"] or r["place"], r["truth"]) for r in named)
    cubed = [sum(shared[r["person"] or r["place"], r["truth"]] / size[key(r)] for r in named) / len(named)
             for size, key in ((made, lambda r: r["person"] or r["place"]), (there, lambda r: r["truth"]))]  # fmt: skip
    assert [f.share.value for f in figures if f.measure in ("b_cubed_precision", "b_cubed_recall")] == pytest.approx(cubed)  # fmt: skip


def test_ages_are_those_on_the_day_of_the_run(town: Workspace, tmp_path: Path) -> None:
    births = {r["person_id"]: r["birth_date"] for n in (1, 2) for r in table(town, "person", n)}
    bounds = ((25, "under_25"), (40, "25_39"), (50, "40_49"), (60, "50_59"), (999, "60_over"))
    ages: Counter[str] = Counter()
    for r in judged([r for r in records(town, truth_rows()) if r["place"][0].endswith("20240629_全量.csv")]):
        if r["right"]:
            b = births[r["person"]]
            age = 2024 - b.year - ((b.month, b.day) > (6, 29))
            ages[next(name for top, name in bounds if age < top)] += 1
    rows = [r for r in truth_rows() if r["file"].endswith("20240629_全量.csv")]
    figures = measured(town, write_truth(tmp_path / "t.csv", rows, chinese=False))
    assert {f.value: f.share.hits for f in figures if f.stratum == "age" and f.measure == "recall"} == dict(ages)


def test_names_fall_into_their_shapes() -> None:
    names = ["王芳", "王小芳", "欧阳娜娜", "诸葛亮", "买买提·吐尔逊", "王?芳", "WANG FANG", "王"]
    folded = dict(zip(*fold_names(names).to_pydict().values(), strict=True))
    shapes = ["two", "three", "compound", "compound", "long", "marked", "marked", "other"]
    assert name_shapes([folded[n] for n in names]) == shapes


def test_the_command_prints_a_table_without_names_and_writes_the_same_as_csv(town: Workspace, tmp_path: Path) -> None:
    words = ("evaluate", town.root, "--truth", SAMPLE / "truth" / "rows.csv", "--out", tmp_path / "指标.csv")
    told = zhaoren_here(*words)
    assert told.returncode == 0, told.stderr
    assert all(w in told.stdout for w in ("查准率", "查全率", "95% 区间", "社保停保", "复姓", "25 岁以下"))
    english = zhaoren_here(*words, ZHAOREN_LANG="en").stdout
    assert "precision" in english and not [c for c in english if "一" <= c <= "鿿"]
    people = [r["name"] for r in table(town, "person", 1) if r["name"]]
    with (tmp_path / "指标.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    said = told.stdout + json.dumps(rows, ensure_ascii=False)
    assert not [n for n in people if n in said] and "T0000" not in said
    figures = measured(town, SAMPLE / "truth" / "rows.csv")
    assert [(r["stratum"], r["value"], r["measure"], int(r["hits"]), int(r["trials"])) for r in rows] == [
        (f.stratum, f.value, f.measure, f.share.hits, f.share.trials) for f in figures
    ]


def test_a_delivery_may_be_named_by_the_beginning_of_its_sha256(town: Workspace, tmp_path: Path) -> None:
    one = next(d for d in table(town, "delivery", 1) if d["linked"] > 5)
    rows = [r for r in truth_rows() if r["file"].endswith(one["file_name"])]
    by_sha = [{"delivery": one["delivery_id"][:10].upper(), "row_no": r["row_no"], "truth_id": r["truth_id"]} for r in rows]  # fmt: skip
    by_name = [r | {"damage": ""} for r in rows]
    paths = [write_truth(tmp_path / f"{n}.csv", r, chinese=False) for n, r in enumerate((by_sha, by_name))]
    assert str(measured(town, paths[0])) == str(measured(town, paths[1]))  # as text: NaN is not itself


WRONG_TRUTHS = {
    "no truth_id": "file,row_no\n甲.csv,1\n",
    "no file": "row_no,truth_id\n1,T1\n",
    "nothing": "",
    "a row number that is none": "file,row_no,truth_id\n甲.csv,x,T1\n",
    "no such file": "file,row_no,truth_id\n甲.csv,1,T1\n",
    "no such row": "文件,行号,真实编号\n死亡_20240629_全量.csv,999999,T1\n",
    "two answers": "文件,行号,真实编号\n死亡_20240629_全量.csv,1,T1\n死亡_20240629_全量.csv,1,T2\n",
}


@pytest.mark.parametrize("label", WRONG_TRUTHS)
def test_a_wrong_truth_ends_with_2_and_a_sentence(label: str, town: Workspace, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(WRONG_TRUTHS[label], encoding="utf-8")
    done = zhaoren_here("evaluate", town.root, "--truth", tmp_path / "t.csv")
    assert done.returncode == 2 and done.stderr.startswith("真实对照文件：") and "Traceback" not in done.stderr
    assert zhaoren_here("evaluate", town.root, "--truth", tmp_path / "none.csv").returncode == 2


def test_what_may_be_a_number_is_no_damage_class(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("file,row_no,truth_id,damage\na.csv,1,T1,150199198502050910\n", encoding="utf-8")
    assert read_truth(tmp_path / "t.csv")["damage"].to_pylist() == ["other"]


# Training.


def contents(root: Path) -> dict[str, bytes]:
    left_out = (root / "model.json", root / ".lock")
    files = (p for p in root.rglob("*") if p.is_file() and p not in left_out)
    return {str(p.relative_to(root)): p.read_bytes() for p in files}


def test_training_again_gives_the_same_bytes_and_changes_nothing_else(trained: Workspace) -> None:
    first, before = trained.model.read_bytes(), contents(trained.root)
    trained.model.unlink()
    done = zhaoren_here("train", trained.root, ZHAOREN_LANG="en")
    assert done.returncode == 0, done.stderr
    assert trained.model.read_bytes() == first and contents(trained.root) == before
    assert not [c for c in done.stdout if "一" <= c <= "鿿"]
    model = read_model(trained.model)
    assert model.version in done.stdout and len(model.version) == len("own-") + 8
    assert model.thresholds == read_model().thresholds
    assert done.stdout.count(" → ") == 5


def test_the_model_names_nobody(trained: Workspace) -> None:
    told = (trained.root.parent / "told.txt").read_text(encoding="utf-8")
    people = [r["name"] for r in table(trained, "person") if r["name"]]
    folded = Counter(fold_names(sorted(set(people)))["name_folded"].to_pylist())
    text, model = trained.model.read_text(encoding="utf-8"), read_model(trained.model)
    assert not [n for n in {*people, *folded} if n and len(n) > 1 and (f'"{n}"' in text or n in told)]
    assert all(model.frequency["long_name"].values()) and SHARED_BY == 20


def test_the_next_night_weighs_by_the_own_model(trained: Workspace, tmp_path: Path) -> None:
    workspace = copy_of(trained.root, tmp_path)
    unjudged_night(workspace, date(2024, 6, 30))
    manifest = json.loads((workspace.runs / "000002" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["model_version"] == read_model(workspace.model).version != read_model().version


def test_training_waits_for_nobody(trained: Workspace) -> None:
    before = trained.model.read_bytes()
    with locked(trained):
        done = zhaoren_here("train", trained.root)
    assert done.returncode == 5 and trained.model.read_bytes() == before


def test_too_little_to_learn_from_is_said_with_numbers(town: Workspace, tmp_path: Path) -> None:
    done = zhaoren_here("train", town.root)
    people = len({r["person_id"] for r in table(town, "person")})
    assert done.returncode == 2 and f"{people} 人" in done.stderr and "自带" in done.stderr
    assert not town.model.exists()
    assert zhaoren_here("init", tmp_path / "ws", "--pack", "neimenggu").returncode == 0
    assert zhaoren_here("train", tmp_path / "ws").returncode == 2


def test_weights_that_make_no_sense_are_refused() -> None:
    shipped = read_model()
    _require_sense(shipped)
    birth = shipped.levels["birth_date"]
    odd = {**shipped.levels, "birth_date": {**birth, "unlike": replace(birth["unlike"], m=0.4)}}
    with pytest.raises(UsageError, match="40%"):
        _require_sense(replace(shipped, levels=odd))
