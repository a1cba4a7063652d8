"""Predictions of campaign ROI, honest about what the campaign's attributes tell beyond its channel."""

from demetra.roi_model.card import tabulate_card
from demetra.roi_model.predictions import CampaignPredictions, EarlierModel, predict_campaigns
from demetra.roi_model.serving import grade_risk

__all__ = ["CampaignPredictions", "EarlierModel", "grade_risk", "predict_campaigns", "tabulate_card"]
