"""Figures that are no facts, or another fact's: each sentence is taken out."""

from __future__ import annotations

import pytest
from advice_cases import Channel, find_faults, make_facts

FALSE = """Pinterest's ROI over the last 28 days was 0.93.
Pinterest's ROI is 4.01.
Facebook had an ROI of 0.70 and Pinterest 3.90 over the last 28 days.
Facebook and Instagram had ROIs of 3.80 and 3.90 over the last 28 days.
Facebook and Pinterest had an ROI of 3.90.
All channels returned 3.07.
Facebook's ROI is forecast at 3.90.
Pinterest's ROI forecast is 0.82.
Pinterest's ROI was 1.50.
Pinterest's ROI was −0.70.
Pinterest lost 0.70 per unit spent.
Pinterest's chance of landing within 80% of its forecast is 80%.
Pinterest's CTR is 5%.
Pinterest's CTR is 5% and its conversion rate is 2%.
Pinterest's CPC is €0.80.
Pinterest's CPC is 0.80%.
Pinterest's CPC is $80.
Pinterest's CPC is ½ dollar.
Pinterest's current budget is $34,986.
Change Pinterest's budget from $34,986 to $49,980.
Pinterest spent half of the budget.
Pinterest costs twice as much per click.
Facebook returns five times more than Pinterest.
Facebook's ROI is 3.2 points above Pinterest's.
Two incidents are open.
In Q4 the account did well.
On 5 May 2025 the ROI was 3.07.
Facebook leads with 4.01, followed by Instagram with 3.95.
Cut Facebook's budget by 10%.
Facebook's budget changes by −10%.
The plan is expected to raise the return by 12%.
ROI is expected to increase by 15% with the current strategy.
Pinterest's ROI over the last 14 days was 0.70.
The forecast for the next 28 days is 4.01 for Facebook.
Pinterest spent $49,980 over the last 28 days.
Pinterest's budget is $46,648.
Pinterest's ROI over the last 28 days was 0.68.
Pinterest's ROI is one.
Most of the budget goes to Facebook.
Facebook's returns are several times those of Pinterest.
The majority of campaigns on Pinterest are in breach.
Pinterest's ROI was 0\u200b.93.
Spend on Pinterest was 46,648 clicks.
Expect ROI of 4.31 on Facebook.
Facebook will return at least 4.31.
ROI on Pinterest is below 0.70.
Increase Facebook by $99,000.
Cut $34,986 from Pinterest.
The plan will raise the return by at least 1.2%.
Сократите бюджет Facebook на 10 %.
ROI на Pinterest составил 0,93.
ROI вырастет на 15 %.
Facebook приносит в пять раз больше, чем Pinterest.
Расходы на Pinterest составили 49 980 $.
Pinterest yields 390% ROI.
Facebook had an ROI of 3.90%.
Facebook's ROI of -3.90 is worrying.
Facebook made a loss of 390%.
The plan costs 1.2% of the return.
Pinterest's budget shrinks by thirty percent and more.
Nearly a half of Pinterest's campaigns lose money.
Pinterest's ROI is a fifth of Facebook's.
Facebook is five times better than Pinterest.
Facebook: 3.80, Instagram: 3.90 ROI over the last 28 days.
ROI of Facebook, Instagram and Pinterest was 3.90, 0.70 and 3.80 over the last 28 days.
Double down on Pinterest.
Results were better in February.
Pinterest has 15 campaigns in breach.
Campaign “Spring sale” had an ROI of 0.70.
Facebook's CPM is $0.80.
A conversion on Pinterest costs $0.80.
Pinterest has a conversion rate of 2%.
ROI on Facebook was 3.90 euros.
Pinterest's budget: $49,980 recommended.
From 4 to 30 March 2026 ROI was 3.07.
The forecast for the next 30 days is 4.01 for Facebook.
The forecast for the coming three weeks is 4.01 for Facebook.
With 95% probability Pinterest's ROI lies between 0.62 and 0.82.
The 95% interval of Pinterest is 0.62 to 0.82.
Pinterest's chance to hit its forecast is 10%.
Spend on Facebook and Instagram together was $139,996.
The average ROI of the channels is 2.80.
Facebook's lead over Pinterest is 3.29.
Pinterest ROI: 0,70.93
ROI is 0.70 on Facebook. Pinterest's is 3.90.
Facebook returned 3.90. The channel's CPC is $0.80.
Pinterest приносит 390 % ROI.
Треть кампаний убыточна.
Facebook в 5,6 раза прибыльнее Pinterest.
Pinterest потратил впятеро меньше.
Почти вся выручка идёт с Facebook.
ROI Pinterest 0,70 %.
Убыток Facebook — 3,90.
На Facebook и Instagram вместе потрачено 139 996 $.
Каждая конверсия на Pinterest стоит 0,80 $.
Вероятность попадания прогноза Pinterest — 10 %.
95-процентный интервал Pinterest — 0,62–0,82.
План даст минимум 1,2 %.
Плановый эффект — минус 1,2 %.
Facebook and Instagram earned $5 for each $1.
Facebook's revenue fell by 5%.
Pinterest's ROI is −30%.
CPC on Pinterest is 80 cents higher.
CPC on Pinterest is 60% above Facebook's.
The plan adds $1.2 million.
The plan could gain up to 3%.
Spend on Pinterest is $1,666 a day.
Facebook makes up 45% of spend.
ROI on Pinterest is 0.82 at worst.
At best, Pinterest reaches 0.72.
Facebook's ROI lies between 3.71 and 4.25.
Instagram's interval is 3.71 to 4.31.
Instagram has 12 campaigns in breach.
Pinterest has two open incidents.
Women aged 25 to 34 respond best on Facebook.
Снимите 10 % с Facebook.
Доля Facebook в расходах — 45 %.
Выручка Facebook снизилась на 5 %.
Клик на Pinterest дороже на 60 %.
Pinterest заработал 2 миллиона.
В лучшем случае Pinterest даст 0,72.
Женщины 25–34 лет лучше откликаются на Facebook.
Facebook's ROI was 3,90.00.
Facebook had a ROI of 3.9k.
Facebook's ROI: 390.
Pinterest's loss was 0.70.
Pinterest lost 30%.
Facebook's ROI of 3.90 is up from 3.80.
Instagram's ROI of 3.90 beats all.
Facebook had an ROI of 3.90, Pinterest had 3.80.
Facebook (3.80), Instagram (3.90) and Pinterest (0.70) returned this over the last 28 days.
Facebook and Instagram had CPCs of $0.50 and $0.80.
On Facebook, unlike on Pinterest, CPC is $0.80.
While Pinterest has a CPC of $0.50, Facebook pays $0.80.
CPC on Pinterest is $0.8 thousand.
Pinterest has a CPC of 0.80 roubles.
Pinterest has a CPC of ₽0.80.
The CPC of $0.80 on Facebook is high.
Raise Facebook by 10 percentage points.
Raise Facebook by $10.
Raise Facebook by 9%.
Cut Pinterest by 30 dollars.
Cut Pinterest to 30%.
Cut Pinterest by half.
Raise Facebook by a tenth.
Increase Facebook's budget tenfold.
Cut Pinterest from $34,986 to $49,980.
The plan gains 0.3% at most.
The plan gains at least 2.1%.
The plan is expected to bring 2.1%.
The plan is expected to bring −1.2%.
Facebook's forecast is 4.01 with an interval of 3.65 to 4.25.
Facebook's forecast is 4.01 ± 0.3.
Facebook's forecast interval is 3.7 to 4.4.
ROI on Facebook will be between 3 and 5.
There is a 20% chance that Facebook misses by 50%.
Only 8% of campaigns are in breach.
Seventeen campaigns are in breach on Pinterest.
XII campaigns are in breach.
Over the last 7 days Pinterest's ROI was 0.68.
Over the last 90 days Facebook's ROI was 3.90.
From 1 March to 31 March Facebook's ROI was 3.90.
In 2025 Facebook's ROI was 3.90.
By 30 June Facebook's ROI will be 4.01.
ROI Facebook — 3.90 %.
ROI Facebook составил 39,0.
ROI Facebook составил 3 900.
Расходы на Pinterest — 46 648 руб.
Расходы на Pinterest — 46 тыс. рублей.
Бюджет Pinterest сократить на 30 п. п.
Бюджет Pinterest сократить на треть.
Бюджет Facebook увеличить на 30 %.
Бюджет Facebook увеличить до 90 000 $.
ROI Facebook 3,90, Instagram 3,90, Pinterest 0,70 за последние 28 дней.
За последние 7 дней ROI Pinterest — 0,70.
Прогноз Facebook — 4,01 (3,65–4,25).
Прогноз Facebook на 30 дней — 4,01.
План даёт от 1,2 % до 2,1 %.
План даст до 3 %.
Facebook и Instagram: CPC 0,80 $.
Facebook: ROI 3.90 (Pinterest: 3.80).
Pinterest's ROI was 0.7 billion.
Pinterest spent 1,306,144 impressions.
Facebook had 5% more conversions.
Facebook's ROI is at 98% of plan.
ROI of the account: 4.01.
The account's ROI was 3.90.
All three channels had an ROI of 3.07."""


@pytest.mark.parametrize("text", FALSE.split("\n"))
def test_a_sentence_whose_figure_is_not_the_fact_is_taken_out(text):
    assert find_faults(text)


def test_a_name_that_looks_like_a_figure_hides_no_figure():
    facts = make_facts(Channel("2024", 4.0), Channel("ROI 9.99", 0.7, half=0.1), Channel("9.99", 0.7), incidents=())
    assert find_faults("Its ROI 9.99 is high.", facts)
    assert find_faults("The account's ROI was 9.99.", facts)
    assert find_faults("“2024” is forecast at an ROI of 4.00.", facts) == []
