"""What tests of `source draft` share: exports, and a draft as an object, a text and a mapping."""

from pathlib import Path

import yaml

from pipelines.ingest.draft import Draft, draft_source
from pipelines.ingest.draft_text import draft_text
from pipelines.ingest.promises import check_promises
from pipelines.ingest.source import Source
from pipelines.ingest.trial import trial_worker
from pipelines.words import Lang
from tests.unit.ingest.world import TABLES, World

REGISTER = """\
工单编号,受理单位,来源渠道,收到日期,办结日期,涉及人数,诉求人姓名,手机号码,诉求内容,备用
A1,F01,来信,2026年3月2日,2026年3月9日,2,王小明,13912345678,路灯不亮,甲
A2,F01,来电,2026/3/3,,1,李小红,13912345679,噪声扰民,乙
A3,F02,网站,2026-03-04 08:30,2026-3-9,3,张小刚,13912345670,井盖缺失,丙
"""
LEDGER = """某县信访工作联席办 来访首办负责制台账
制表：综合科　2026年三季度
流水号,来访登记时点,诉求案由,途径,同来人数(含本人),首办单位,结案日
QH1,2026年7月8日,物业纠纷,走访,3,住建局,2026/8/1
QH2,20260709,其他,寄信,1人,信访局,
合计,,,,4,,
"""


def draft(world: World, path: Path, *, without: str = "", table: str = "") -> Draft:
    sources = {name: source for name, source in world.sources.items() if name != without}
    with trial_worker(world.home, world.settings) as worker:
        return draft_source(worker, path, TABLES, sources, table)


def written(world: World, path: Path, content: str, lang: Lang = Lang.EN) -> str:
    path.write_text(content, encoding="utf-8")
    return draft_text(draft(world, path), lang, "mine")


def loaded(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "mine.yml"
    path.write_text(text, encoding="utf-8")
    source = Source.read(path)
    check_promises(source, TABLES)
    return source


def targets(source: Source) -> dict[str, str]:
    return {column.header: column.words for column in source.columns}


def taken(text: str) -> dict[str, str]:
    columns = yaml.safe_load(text)["columns"]
    return {header: spec.get("to", "") for header, spec in columns.items()}
