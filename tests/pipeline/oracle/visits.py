"""Facts of visits, receptions and what stands beside petitions, in plain Python."""

from collections.abc import Callable, Iterator
from datetime import date

from tests.pipeline.oracle.facts import Amount, Breakdown, Event
from tests.pipeline.oracle.originals import (
    MODES,
    TIERS,
    Originals,
    Record,
    day,
    moment,
    number,
)


def _held(world: Originals) -> Iterator[tuple[Record, date, Breakdown]]:
    for record in world.held_visits.values():
        on = day(record["下访日期"])
        by = {"tier": TIERS.get(record["领导层级"], "unknown"),
              "mode": MODES.get(record["下访方式"], "unknown")}  # fmt: skip
        if on:
            yield record, on, by


def visits(world: Originals, measure: str) -> Iterator[Event]:
    for record, on, by in _held(world):
        counted = 1 if measure == "events" else number(record["到场领导数"])
        yield Event(record["下访地"], on, counted, 0, by)


def _at_visits(world: Originals) -> Iterator[tuple[Record, Record, Breakdown]]:
    """Receptions at visits that were held, with the visit."""
    for record in world.once("receptions"):
        if visit := world.held_visits.get((record["sender"], record["活动编号"])):
            yield record, visit, {"tier": TIERS.get(visit["领导层级"], "unknown")}


def _per_visit(
    world: Originals, counted: Callable[[Record], int | None], units: Callable[[Record], int | None]
) -> Iterator[Event]:
    for record, visit, by in _at_visits(world):
        if units(visit) != 0 and (on := day(visit["下访日期"])):
            yield Event(visit["下访地"], on, counted(record), 0, by)
    for visit, on, by in _held(world):
        yield Event(visit["下访地"], on, 0, units(visit), by)


def batches_per_visit(world: Originals, measure: str) -> Iterator[Event]:
    def units(visit: Record) -> int | None:
        return 1 if measure == "per_event" else number(visit["到场领导数"])

    for _, visit, by in _at_visits(world):
        if on := day(visit["下访日期"]):
            yield Event(visit["下访地"], on, None if units(visit) is None else 1, 0, by)
    for visit, on, by in _held(world):
        yield Event(visit["下访地"], on, 0, units(visit), by)


def batches_per_room(world: Originals, _measure: str) -> Iterator[Event]:
    return _per_visit(world, lambda _: 1, lambda visit: number(visit["接待室数"]) or 0)


def problems_per_visit(world: Originals, _measure: str) -> Iterator[Event]:
    unknown = {
        (batch["sender"], batch["活动编号"])
        for batch, _, _ in _at_visits(world)
        if number(batch["问题数"]) is None
    }

    def known(record: Record, counted: int | None) -> int | None:
        return None if (record["sender"], record["活动编号"]) in unknown else counted

    return _per_visit(world, lambda b: known(b, number(b["问题数"])), lambda visit: known(visit, 1))


def cases_per_visit(world: Originals, _measure: str) -> Iterator[Event]:
    for case in world.cases:
        if case.by["tier_received"] in {"county", "city", "province"}:
            yield Event(case.region, case.on, 1, 0)
    for visit, on, _ in _held(world):
        yield Event(visit["下访地"], on, 0, 1)


def on_spot(world: Originals, _measure: str) -> Iterator[Event]:
    for record, visit, by in _at_visits(world):
        on, place = day(record["接待时间"]), record["接待地"] or visit["下访地"]
        solved, problems = number(record["当场化解数"]), number(record["问题数"])
        if on and solved is not None and problems is not None:
            yield Event(place, on, solved, problems, by)


def _notices(
    world: Originals,
) -> Iterator[tuple[Record, date, Breakdown, date | None, date | None]]:
    """Held visits with the day of the first notice, and the first day on which all was told."""
    told: dict[tuple[str, str], list[Record]] = {}
    for record in world.once("visit_announcements"):
        told.setdefault((record["sender"], record["活动编号"]), []).append(record)
    for visit, on, by in _held(world):
        notices = told.get((visit["sender"], visit["活动编号"]), [])
        days = [d for r in notices if (d := day(r["公告日期"]))]
        parts = [
            min((d for r in notices if r[part] == "是" and (d := day(r["公告日期"]))), default=None)
            for part in ("含时间", "含地点", "含方式")
        ]
        whole = [part for part in parts if part]
        complete = max(whole) if len(whole) == len(parts) else None
        yield visit, on, by, min(days, default=None), complete


def notice_share(world: Originals, measure: str) -> Iterator[Event]:
    ahead = {"announced": 0, "ahead_3": 3, "ahead_7": 7, "complete": 0}[measure]
    for visit, on, by, first, complete in _notices(world):
        told = complete if measure == "complete" else first
        yield Event(visit["下访地"], on, int(bool(told and (on - told).days >= ahead)), 1, by)


def notice_lead(world: Originals, _measure: str) -> Iterator[Amount]:
    for visit, on, by, first, _ in _notices(world):
        if first and first <= on:
            yield Amount(visit["下访地"], on, (on - first).days, by)


def _batches(world: Originals) -> Iterator[tuple[str, date, int, Breakdown]]:
    for record in world.once("receptions"):
        on, persons = day(record["接待时间"]), number(record["人次"])
        by = {"tier": TIERS.get(record["接待层级"], "unknown")}
        if on and persons is not None:
            yield world.region(record, "接待地", "接待机构"), on, persons, by


def batches(world: Originals, _measure: str) -> Iterator[Event]:
    for region, on, _, by in _batches(world):
        yield Event(region, on, 1, 0, by)


def batch_persons(world: Originals, _measure: str) -> Iterator[Event]:
    for region, on, persons, by in _batches(world):
        yield Event(region, on, persons, 1, by)


def batch_sizes(world: Originals, _measure: str) -> Iterator[Amount]:
    for region, on, persons, by in _batches(world):
        yield Amount(region, on, persons, by)


def collective(world: Originals, measure: str) -> Iterator[Event]:
    for region, on, persons, _ in _batches(world):
        threshold = world.limit("collective_threshold", on)
        size = persons if measure == "persons" else 1
        if threshold:
            yield Event(region, on, size if persons >= int(threshold["value"]) else 0, size)


def commitments(world: Originals, _measure: str) -> Iterator[Event]:
    kinds = {"工程建设": "works", "资金兑付": "payment", "手续办理": "document",
             "政策完善": "policy", "其他": "other"}  # fmt: skip
    for record in world.once("commitments"):
        made, due, done = (day(record[name]) for name in ("承诺日期", "到期日期", "完成日期"))
        if made and due:
            is_done = bool(done and max(done, made) <= due)
            by = {"kind": kinds.get(record["承诺类别"], "unknown")}
            yield Event(world.region(record, "事项属地"), due, int(is_done), 1, by)


def pretrial(world: Originals, _measure: str) -> Iterator[Event]:
    kinds = {"人民调解": "people", "行政调解": "administrative", "司法调解": "judicial",
             "行业调解": "industry"}  # fmt: skip
    for source, place in (("mediation_centre", "纠纷发生地"), ("village_mediation", "所在地")):
        for record in world.once(source):
            concluded, result = day(record["办结日期"]), record["调解结果"]
            if not concluded or result not in {"调解成功", "达成协议", "转诉讼"}:
                continue
            kind = kinds.get(record.get("调解类别", "人民调解"), "unknown")
            by = {"kind": kind, "tier": TIERS.get(record["层级"], "unknown")}
            region = world.region(record, place, "调解机构")
            yield Event(region, concluded, int(result != "转诉讼"), 1, by)


def dispatch(world: Originals, _measure: str) -> Iterator[Amount]:
    for record in world.once("sentinel_reports"):
        reported, passed = moment(record["上报时间"]), moment(record["转办时间"])
        if not reported or not passed or ":" not in record["上报时间"] + record["转办时间"]:
            continue
        whole = [at.replace(second=0, microsecond=0) for at in (reported, passed)]
        minutes = int((whole[1] - whole[0]).total_seconds()) // 60
        on = reported.date()
        kind = {True: "workday", False: "day_off", None: "unknown"}[world.workdays.get(on)]
        by = {"sentinel_level": TIERS.get(record["哨点层级"], "unknown"), "day_kind": kind}
        yield Amount(world.region(record, "上报地"), on, minutes, by)


def hall_items(world: Originals, measure: str) -> Iterator[Event]:
    counting = {"客流计数": "sensor", "取号": "ticket", "人工": "manual"}
    names = ("办件量", "到场人次") if measure == "per_visitor" else ("网上办件量", "办件量")
    for record in world.once("hall_footfall"):
        part, whole = (number(record[name]) for name in names)
        on, by = day(record["日期"]), {"counting": counting.get(record["计数方式"], "unknown")}
        if on and part is not None and whole is not None:
            yield Event(world.region(record, "所在地"), on, part, whole, by)
