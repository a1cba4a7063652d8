"""Sentences that the facts bear out, in many wordings: each is kept."""

from __future__ import annotations

import re

import pytest
from advice_cases import find_faults
from hypothesis import given, settings
from hypothesis import strategies as st

TRUE = """Pinterest's ROI over the last 28 days was 0.70.
Pinterest returned only 0.70 per unit spent over the last 28 days.
The account spent $186,648 over the last 28 days.
Over 4–31 March 2026 the account's ROI was 3.07 on a spend of $186,648.
Facebook and Instagram had ROIs of 3.90 and 3.80 over the last 28 days.
ROI was 3.90 for Facebook and 0.70 for Pinterest.
Pinterest is forecast at an ROI of 0.72 (80% interval 0.62 to 0.82).
ROI forecasts: Facebook 4.01 (3.71–4.31), Instagram 3.95 (3.65–4.25), Pinterest 0.72 (0.62–0.82).
Facebook and Instagram cannot be told apart, as their 80% intervals overlap.
The intervals of Facebook and Instagram overlap, so no channel is clearly the best.
It is not possible to say whether Facebook or Instagram performs better.
Pinterest is clearly the weakest channel, with a forecast ROI of 0.72.
Pinterest is the weakest, well below Facebook.
Facebook and Instagram outperform Pinterest.
All other channels outperform Pinterest.
Compared with Pinterest, Facebook is better.
Pinterest lags behind the other channels.
Cut Pinterest's budget by 30% to $34,986.
Reduce Pinterest's budget from $49,980 to $34,986 (−30%).
Increase the budgets of Facebook and Instagram by 10%.
Pinterest's budget should be cut, and its money moved.
Shift budget from Pinterest to Facebook and Instagram.
The whole plan is expected to bring +1.2%, with an 80% interval from +0.3% to +2.1%.
The plan is expected to raise the return by 1.2% (80% interval 0.3% to 2.1%).
Pinterest has the highest CPC at $0.80; lower its bids or improve ad relevance.
Reduce CPC on Pinterest by refining the audience.
Improve the click-through rate on Pinterest by testing new creatives.
Test new landing pages on Facebook to improve the conversion rate of 5%.
Pinterest's ROI of 0.68 is below the threshold of 1.50.
On Pinterest, 12 campaigns are in breach, the costliest being “Spring sale” at 0.11.
1 incident is open on Pinterest.
Pinterest's chance of landing within 10% of its forecast is 80%.
There are three channels.
Keep monitoring the forecasts over the next 14 days.
The next 14 days should show whether Pinterest stays within 0.62 to 0.82, its forecast interval.
Evidence for the cut on Pinterest is moderate.
Do not raise Pinterest.
Check the landing pages of Facebook.
Keep testing creatives on Instagram.
Focus on landing pages for Facebook.
Stop the weakest campaigns on Pinterest.
Limit frequency on Pinterest to bring its CPC of $0.80 down.
Do not rank Facebook and Instagram against each other.
To perform better, Facebook needs new creatives.
Pinterest is weak. Its CPC of $0.80 is the highest.
ROI на Pinterest за последние 28 дней составил 0,70.
Прогноз ROI для Pinterest — 0,72 (80% интервал: 0,62–0,82).
Facebook и Instagram неразличимы по ROI: их интервалы перекрываются.
Pinterest уступает всем остальным каналам.
Сократите бюджет Pinterest на 30 % до 34 986 $.
Увеличьте бюджет Facebook на 10 %.
Не увеличивайте Pinterest.
Сосредоточьтесь на посадочных страницах Facebook.
Перенесите часть бюджета из Pinterest в Facebook и Instagram.
Самый высокий CPC у Pinterest — 0,80 $.
Снизьте CPC в Pinterest, уточнив аудиторию.
Аккаунт потратил 186 648 $ за последние 28 дней.
План в целом должен дать +1,2 % (80-процентный интервал от +0,3 % до +2,1 %).
Pinterest remains the laggard of the portfolio, with a forecast ROI of only 0.72.
Facebook and Instagram perform on a similar level.
With an ROI of 3.90, Facebook paid back well over the last 28 days.
On Pinterest, every click costs $0.80.
Pinterest pays $0.80 per click.
A budget of $34,986 is recommended for Pinterest.
Pinterest's budget is to go down by 30%, to $34,986.
The extra money goes to Facebook and Instagram, 10% each.
Facebook's budget rises from $90,000 to $99,000.
The model is 80% confident that Pinterest's ROI lands within 10% of the forecast.
Its forecast of 0.72 makes Pinterest the weakest channel.
Pinterest: 12 campaigns are in breach of the ROI threshold (1.50).
The campaign “Spring sale” on Pinterest had an ROI of 0.11, below the threshold of 1.50.
Facebook's ROI forecast for the coming two weeks is 4.01.
Freed money should flow from Pinterest to Facebook.
We recommend to lower Pinterest's budget.
Neither Facebook nor Instagram is clearly ahead of the other.
It makes sense to reduce the budget for Pinterest.
Pause the weakest campaigns on Pinterest.
Pinterest is the only channel with an open incident.
The uplift of the whole plan is estimated at 1.2% (0.3% to 2.1%).
Facebook brings in an ROI of 3.90 and Instagram one of 3.80 over the last 28 days.
Pinterest underperforms the other channels.
Improve ad relevance on Pinterest, as its CPC of $0.80 is the highest of the three channels.
Прогноз для Pinterest остаётся самым низким: 0,72.
Pinterest — самое слабое звено: прогноз ROI 0,72 при интервале 0,62–0,82.
Деньги стоит перенести из Pinterest в Facebook и Instagram.
Бюджет Pinterest снижаем на 30 %, до 34 986 $.
Facebook и Instagram показывают сопоставимый ROI.
За клик на Pinterest платили 0,80 $.
План в целом принесёт около 1,2 % (от 0,3 % до 2,1 %).
Рекомендуем увеличить бюджеты Facebook и Instagram на 10 %.
В Pinterest 12 кампаний нарушают порог ROI 1,50.
Facebook: за 28 дней ROI 3,90.
Отдача Pinterest за последние 28 дней — всего 0,70.
Сравнить Facebook и Instagram по ROI нельзя: разница в пределах погрешности.
Overall ROI came in at 3.07 over the last 28 days.
Facebook delivered revenue of $411,600 over the last 28 days.
Of the three channels, Pinterest has by far the lowest ROI.
Pinterest is the clear underperformer.
Looking ahead, Facebook should see an ROI near 4.01 in the next 14 days.
Instagram's outlook is an ROI of 3.95, plausible values being 3.65 to 4.25.
Both Facebook and Instagram are ahead of Pinterest.
Pinterest's ROI of 0.70 is the weakest of all channels.
A 30% budget cut is recommended for Pinterest.
Lower Pinterest's monthly spend to $34,986.
The money saved on Pinterest goes to Facebook and Instagram.
An 80% interval of 3.71 to 4.31 surrounds Facebook's forecast.
Start with the campaigns on Pinterest that are in breach.
Pinterest's clicks are the dearest, at $0.80 each.
CTR is 2% on Facebook, Instagram and Pinterest alike.
It cannot be said which of Facebook and Instagram is better.
Evidence for Facebook is weak.
Try new keywords on Pinterest to reduce its CPC.
The strongest incident is on Pinterest, where ROI was 0.68 against a threshold of 1.50.
Expect 1.2% more return from the whole plan.
Общий ROI за последние 28 дней — 3,07.
Pinterest явно хуже остальных каналов.
По ROI Pinterest на последнем месте.
Самые дорогие клики — на Pinterest: 0,80 $.
Facebook и Instagram обгоняют Pinterest.
Нельзя сказать, кто лучше: Facebook или Instagram.
Советуем урезать бюджет Pinterest на 30 %.
Высвободившиеся деньги лучше направить в Facebook и Instagram.
Для Instagram прогноз ROI на 14 дней — 3,95, возможный разброс 3,65–4,25.
Обновите креативы на Pinterest и проверьте аудиторию."""


@pytest.mark.parametrize("text", TRUE.split("\n"))
def test_a_true_sentence_is_kept(text):
    assert find_faults(text) == []


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([text for text in TRUE.split("\n") if re.search(r"\d", text)]), st.data())
def test_no_figure_survives_the_change_of_a_leading_digit(text, data):
    numbers = list(re.finditer(r"\d", text))
    place = data.draw(
        st.sampled_from([m.start() for m in numbers if not re.search(r"\d[.,\u00a0 ]?$", text[: m.start()])])
    )
    digit = data.draw(st.sampled_from([d for d in "123456789" if d != text[place]]))
    assert find_faults(text[:place] + digit + text[place + 1 :])
