/*---
table: exported_steps
title: {zh: "各单位导出的步骤", en: "Steps that senders export"}
about:
  zh: 每个报送单位一行：其导出中有没有某类步骤。从来没有的，无从判断该步骤是否发生过，相应指标为“无数据”而不是零。
  en: >-
    One row per sender: whether its exports hold steps of a kind. Where they never do, nobody can
    say whether such a step took place, and figures that need it are not available, not zero.
grain: sender
key: [sender_id]
columns:
  sender_id: {type: text, required: true, zh: "报送单位", en: "Sender"}
  has_handoffs: {type: boolean, required: true, zh: "有转送、交办、改派", en: "Transfers, assignments or reassignments"}
  has_returns: {type: boolean, required: true, zh: "有退回", en: "Returns"}
  has_required_steps: {type: boolean, required: true, zh: "受理、告知、答复都有", en: "Acceptances, notices and replies, all three"}
  has_supervision: {type: boolean, required: true, zh: "有督办或催办", en: "Supervision or urging"}
  has_redos: {type: boolean, required: true, zh: "有重办", en: "Redoing"}
  has_reviews: {type: boolean, required: true, zh: "有复查或复核", en: "Reviews or rechecks"}
---*/
select
    sender_id,
    count(*) filter (where event_type in ('transfer', 'assign', 'reassign')) > 0 as has_handoffs,
    count(*) filter (where event_type = 'return') > 0 as has_returns,
    count(*) filter (where event_type = 'accept') > 0
    and count(*) filter (where event_type = 'notify') > 0
    and count(*) filter (where event_type = 'reply') > 0 as has_required_steps,
    count(*) filter (where event_type in ('supervise', 'urge')) > 0 as has_supervision,
    count(*) filter (where event_type = 'redo') > 0 as has_redos,
    count(*) filter (
        where event_type in ('review_request', 'review_decide', 'recheck_request', 'recheck_decide')
    )
    > 0 as has_reviews
from case_events
group by sender_id
