/*---
table: tier_ranks
title: {zh: "层级的序", en: "Ranks of the tiers"}
about: {zh: "五个层级自下而上的次序。", en: "The order of the five tiers, from the lowest to the highest."}
grain: tier
key: [tier]
columns:
  tier: {type: code, required: true, zh: "层级", en: "Tier", codes: [province, city, county, township, village]}
  tier_rank: {type: integer, required: true, zh: "层级的序（村1、乡镇2、县3、市4、省5）", en: "Rank of the tier: village 1, township 2, county 3, city 4, province 5"}
---*/
select 'village' as tier, 1 as tier_rank
union all
select 'township' as tier, 2 as tier_rank
union all
select 'county' as tier, 3 as tier_rank
union all
select 'city' as tier, 4 as tier_rank
union all
select 'province' as tier, 5 as tier_rank
