"""The demonstration: the committed sample's nights through the real flow."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from flows.night.outcome import Outcome
from flows.settings.read import FILE
from flows.timetable.prefect_link import calm_prefect, run_through_flow
from flows.workspace import init_workspace
from schemas.errors import UsageError, say

SAMPLE = Path(__file__).parent.parent / "sample_data" / "small"
FIRST_NIGHT = date(2024, 6, 29)
PACKS = ("zhongshan", "shandong", "jining", "xinyu", "neimenggu")
SET_BY_OFFICE = """
[parameters.shandong]
average_income = 20000
urban_dibao = 700
edge_factor = 1.5
silent_days = 90
job_choosing_months = 24

[parameters.xinyu]
home_areas = ["苍榆市"]
subsidy_cap_months = 36
spot_check_per_mille = 50
step_days = 30
silent_days = 90
survey_days = 90

[parameters.jining]
benefit_months = 12

[parameters.neimenggu]
older_female_age = 40
older_male_age = 50
"""  # invented, like the town


def run_demo(directory: Path, progress: Callable[[], Callable[[str], None]], tell: Callable[[Outcome], None]) -> None:
    """Make a workspace and run every sample night of it. The inbox fills as offices would fill it."""
    nights = sorted(SAMPLE.glob("night-*"))
    if not nights:
        raise UsageError(say(f"找不到样例数据 {SAMPLE}；请在完整的源码目录中运行。", f"No sample data in {SAMPLE}."))
    workspace = init_workspace(directory, PACKS)
    settings = workspace.root / FILE
    kept = settings.read_text(encoding="utf-8").partition("\n[parameters.")[0]
    settings.write_text(kept + "\n" + SET_BY_OFFICE, encoding="utf-8")
    workspace = type(workspace)(workspace.root.resolve())
    calm_prefect(workspace.root / ".prefect")
    for number, folder in enumerate(nights):
        day = FIRST_NIGHT + timedelta(days=number)
        print(say(f"\n—— 第 {number + 1} 夜，业务日期 {day} ——", f"\n-- Night {number + 1}, as of {day} --"))
        for file in sorted(folder.iterdir()):
            shutil.copyfile(file, workspace.inbox / file.name)
        tell(run_through_flow(workspace, day.isoformat(), progress()))
    print(say(f"\n接着可以试：zhaoren status {directory}；zhaoren explain {directory} --entry 1-1",
              f"\nNext: zhaoren status {directory}; zhaoren explain {directory} --entry 1-1"))  # fmt: skip
