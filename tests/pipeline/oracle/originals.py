"""The originals of a simulated home as plain Python reads them, for `recount`.

Nothing of the product is imported: bytes come from the vault, are read by `csv`, and what their
words mean is written here once more. It knows the demo's exports and their planted faults only.
"""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

Record = dict[str, str]

SHIPPED = Path(__file__).parents[3] / "data" / "reference" / "geo"
SHANGHAI = ZoneInfo("Asia/Shanghai")
# What one office's old system called columns of its register; no other export has these names.
OLD_HEADERS = {
    "信访件编号": "信访编号",
    "信访事项编号": "事项编号",
    "信访方式": "信访形式",
    "登记日期": "登记时间",
}
CHANNELS = {
    "来信": "letter", "来访": "visit", "网上": "online", "网上信访": "online", "电话": "phone",
    "下访现场": "leader_visit", "哨点": "sentinel", "民情暖哨": "sentinel", "网格": "grid",
    "民情暖晴": "sentinel", "法院来信": "court", "其他": "other", "留言板": "other",
}  # fmt: skip
PURPOSES = {
    "申诉": "complaint_appeal", "求决": "seek_resolution", "意见建议": "suggestion",
    "建议": "suggestion", "揭发控告": "accusation", "咨询": "consult", "其他": "other",
}  # fmt: skip
TIERS = {
    "省": "province", "市": "city", "县": "county", "乡镇": "township", "街道": "township",
    "村": "village", "社区": "village", "网格": "village",
}  # fmt: skip
MODES = {"下访": "down_visit", "接访": "reception", "约访": "appointed", "带案": "case_carrying"}
CONTENTS = {
    "农村农业": "rural", "国土资源": "land", "自然资源": "land",
    "城乡建设": "urban_rural_construction", "劳动和社会保障": "labour_social_security",
    "卫生计生": "health", "卫生健康": "health", "教育文体": "education_culture_sport",
    "民政": "civil_affairs", "政法": "politico_legal", "经济管理": "economy",
    "交通运输": "transport", "商贸旅游": "commerce_tourism", "科技与信息产业": "tech_it",
    "环境保护": "environment", "生态环境": "environment", "党务政务": "party_gov_affairs",
    "组织人事": "personnel", "纪检监察": "discipline", "其他": "other",
}  # fmt: skip
# The two logs of steps name the same steps differently here and there.
STEPS = {
    "登记": "register", "提交": "register", "受理": "accept", "不予受理": "refuse",
    "不受理": "refuse", "告知": "notify", "答复": "reply", "延期": "extend", "中止": "suspend",
    "恢复": "resume", "办结": "close", "终结": "terminate", "撤回": "withdraw", "并案": "merge",
    "转送": "transfer", "转交": "transfer", "重办": "redo",
    "交办": "assign", "改派": "reassign", "退回": "return",
}  # fmt: skip
OPINIONS = {
    "支持": "support", "部分支持": "partial", "解释": "explain", "解释说明": "explain",
    "不予支持": "not_support", "无": "none",
}  # fmt: skip


def moment(text: str) -> datetime | None:
    """Wall time in the province; a moment with an offset is moved there."""
    if not text:
        return None
    found = datetime.fromisoformat(text.replace("/", "-"))
    return found.astimezone(SHANGHAI).replace(tzinfo=None) if found.tzinfo else found


def day(text: str) -> date | None:
    """The day of a date or moment; of a month its first day."""
    found = moment(f"{text}-01" if len(text) == len("2020-01") else text)
    return found.date() if found else None


def number(text: str) -> int | None:
    return int(text) if text else None


@dataclass
class Step:
    seq: int
    kind: str
    at: datetime
    record: Record


def _receiver(step: Step) -> str:
    return step.record.get("转入单位") or step.record.get("承办单位") or ""


@dataclass
class Case:
    """A submission and what its steps tell, by the rules of the demo's province."""

    record: Record
    region: str
    registered: datetime
    offices: frozenset[str]
    steps: list[Step] = field(default_factory=list)

    @property
    def by(self) -> dict[str, str]:
        r = self.record
        return {
            "channel": CHANNELS.get(r["信访形式"], "unknown"),
            "purpose": PURPOSES.get(r["信访目的"], "unknown"),
            "content_code": CONTENTS.get(r["内容分类"], "unknown"),
            "tier_received": TIERS.get(r["接收层级"], "unknown"),
            "handling_office": self.handling_office,
        }

    @cached_property
    def handling_office(self) -> str:
        """Where it was last handed to, up to the day of its reply; else who registered it."""
        last = max(self.replied_at.date(), self.on) if self.replied_at else date.max
        handed = [
            (step.at, step.seq, to)
            for step in self.steps
            if step.kind in {"transfer", "assign", "reassign", "return"}
            and (to := _receiver(step))
            and max(step.at.date(), self.on) <= last
        ]
        return max(handed)[2] if handed else self.record["登记机构"]

    @property
    def on(self) -> date:
        return self.registered.date()

    def first(self, *kinds: str) -> datetime | None:
        return min((step.at for step in self.steps if step.kind in kinds), default=None)

    def _is_sent_out(self, step: Step) -> bool:
        to = _receiver(step)
        return step.kind == "transfer" and bool(to) and to not in self.offices

    def _not_before(self, at: datetime | None) -> date | None:
        return max(at.date(), self.on) if at else None

    @cached_property
    def accepted_on(self) -> date | None:
        return self._not_before(self.first("accept"))

    @cached_property
    def replied_at(self) -> datetime | None:
        return self.first("reply")

    @cached_property
    def ending(self) -> tuple[date | None, str | None]:
        """When it was closed first, and as what.

        A merger is out of the office's hands, and so is what was sent to an office that is not of
        the province and then closed without a reply.
        """
        filed, replied = self.first("close"), self.replied_at
        sent_out = min((s.at for s in self.steps if self._is_sent_out(s)), default=None)
        left = sent_out and filed and sent_out <= filed and (replied is None or replied > filed)
        merged = self.first("merge")
        ways = {
            "not_accepted": self.first("refuse"),
            "withdrawn": self.first("withdraw"),
            "terminated": self.first("terminate"),
            "transferred_out": min((at for at in (merged, left and filed) if at), default=None),
            "resolved": filed,
        }
        known = {way: at for way, at in ways.items() if at}
        if not known:
            return None, None
        at = min(known.values())
        return self._not_before(at), next(way for way in ways if known.get(way) == at)


class Originals:
    """Every record of a home's vault by source, and the home's own reference files."""

    def __init__(self, home: Path) -> None:
        self.records: dict[str, list[Record]] = defaultdict(list)
        self.as_of = date.min
        for path in sorted((home / "vault" / "files").glob("*.json")):
            facts = json.loads(path.read_text(encoding="utf-8"))
            self.as_of = max(self.as_of, date.fromisoformat(facts["as_of"][:10]))
            digest = facts["sha256"]
            raw = (home / "vault" / "objects" / digest[:2] / digest).read_bytes()
            text = _decoded(raw)
            for record_no, line in enumerate(csv.DictReader(io.StringIO(text)), start=1):
                record = {
                    OLD_HEADERS.get(name, name): (cell or "").strip() for name, cell in line.items()
                }
                record |= {"sender": facts["sender_id"], "file": digest[:12], "no": str(record_no)}
                self.records[facts["source"]].append(record)
        self._reference = home / "reference"
        self.offices = {r["office_id"]: r["region_code"] for r in self.reference("offices.csv")}

    def reference(self, name: str) -> list[Record]:
        path = self._reference / name
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{k: v or "" for k, v in row.items()} for row in csv.DictReader(file)]

    def once(self, source: str) -> Iterator[Record]:
        """The records of a source without those that repeat another word for word."""
        seen: set[tuple[str, ...]] = set()
        for record in self.records[source]:
            said = tuple(cell for name, cell in record.items() if name not in {"file", "no"})
            if said not in seen:
                seen.add(said)
                yield record

    def region(self, record: Record, place: str, office: str = "") -> str:
        """The code that a record states, else that of its office, else that of its sender."""
        stated = record[place] or self.offices.get(record.get(office, ""), "")
        return stated or self.offices[record["sender"]]

    @cached_property
    def workdays(self) -> dict[date, bool]:
        rows = self.reference("calendar_days.csv")
        return {date.fromisoformat(r["day"]): r["is_workday"] == "true" for r in rows}

    def next_workday(self, on: date) -> date:
        later = on
        while later in self.workdays:
            if self.workdays[later]:
                return later
            later += timedelta(1)
        return on

    def limit(self, topic: str, on: date) -> Record | None:
        """The rule of a topic that is in force on a day."""
        for rule in self.reference_rules:
            if rule["topic"] == topic and rule["valid_from"] <= on.isoformat() < rule["valid_to"]:
                return rule
        return None

    @cached_property
    def reference_rules(self) -> list[Record]:
        return self.reference("rule_calendar.csv")

    @cached_property
    def cases(self) -> list[Case]:
        """Accepted submissions with their accepted steps: planted faults are left out."""
        found: dict[tuple[str, str], Case] = {}
        listed = frozenset(self.offices)
        for record in self.once("case_register"):
            region = self.region(record, "问题属地", "登记机构")
            registered = moment(record["登记时间"])
            if region in self.regions and record["人次"] != "0" and registered:
                found[record["sender"], record["信访编号"]] = Case(
                    record, region, registered, listed
                )
        logs = (("step_log", "步骤序号", "步骤", "时间"),
                ("people_call_steps", "节点序号", "节点", "留痕时间"))  # fmt: skip
        for source, seq, kind, at in logs:
            for record in self.once(source):
                case = found.get((record["sender"], record["信访编号"]))
                when = moment(record[at])
                if case is None or when is None:
                    continue
                step = Step(int(record[seq]), STEPS.get(record[kind], "other"), when, record)
                if not (step.kind == "close" and step.at < case.registered):
                    case.steps.append(step)
        return list(found.values())

    @cached_property
    def regions(self) -> set[str]:
        """The codes of the invented province."""
        return {row["code"] for row in _shipped("regions_fictional.csv")}

    @cached_property
    def moved_codes(self) -> set[str]:
        """Codes that a change of boundary concerns."""
        events = _shipped("region_events_fictional.csv")
        return {row[name] for row in events for name in ("old_code", "new_code")}

    @cached_property
    def held_visits(self) -> dict[tuple[str, str], Record]:
        return {
            (r["sender"], r["活动编号"]): r
            for r in self.once("leader_visits")
            if r["状态"] in {"", "已举行"}
        }


def _shipped(name: str) -> list[Record]:
    with (SHIPPED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")
