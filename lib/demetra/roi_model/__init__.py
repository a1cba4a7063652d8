"""Predictions of campaign ROI, honest about what the campaign's attributes tell beyond its channel."""

from demetra.roi_model.predictions import CampaignPredictions, grade_risk, predict_campaigns

__all__ = ["CampaignPredictions", "grade_risk", "predict_campaigns"]
