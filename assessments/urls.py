"""Every address of the app, and the view that answers it."""

from django.urls import path

from assessments.views import (
    answering,
    assessing,
    branding,
    health,
    history,
    languages,
    moving,
    pages,
    places,
    portfolio,
    results,
)

CRITERION = "assessments/<int:assessment_id>/criteria/<int:number>/"
SUBMISSION = "assessments/<int:assessment_id>/submissions/<int:number>/"

urlpatterns = [
    path("", pages.home, name="home"),
    path("how-it-works/", pages.how_it_works, name="how_it_works"),
    path("language/", languages.language, name="language"),
    path("branding/", branding.own_branding, name="own_branding"),
    path("branding/cover.png", branding.own_cover, name="own_branding_cover"),
    path("places/new/", places.place_new, name="place_new"),
    path("places/<int:place_id>/", places.place, name="place"),
    path("places/<int:place_id>/history/", history.history, name="history"),
    path("places/<int:place_id>/history/<int:playbook_id>/", history.history, name="history_on"),
    path("places/<int:place_id>/edit/", places.place_edit, name="place_edit"),
    path("places/<int:place_id>/branding/", branding.place_branding, name="place_branding"),
    path("places/<int:place_id>/branding/cover.png", branding.place_cover, name="place_branding_cover"),
    path("places/<int:place_id>/start/", assessing.start, name="start"),
    path("assessments/<int:assessment_id>/", assessing.assessment, name="assessment"),
    path("assessments/<int:assessment_id>/stage/", assessing.stage, name="stage"),
    path("assessments/<int:assessment_id>/check/", assessing.check, name="check"),
    path("assessments/<int:assessment_id>/submit/", assessing.submit, name="submit"),
    path("assessments/<int:assessment_id>/reopen/", assessing.reopen, name="reopen"),
    path("assessments/<int:assessment_id>/newer/", moving.newer, name="newer"),
    path("assessments/<int:assessment_id>/move/", moving.move, name="move"),
    path("assessments/<int:assessment_id>/move-back/", moving.back, name="move_back"),
    path("assessments/<int:assessment_id>/stay/", moving.stay, name="stay"),
    path("assessments/<int:assessment_id>/left-behind/", moving.left_behind, name="left_behind"),
    path("assessments/<int:assessment_id>/results/", results.results, name="results"),
    path("assessments/<int:assessment_id>/report.pdf", results.report, name="report"),
    path("assessments/<int:assessment_id>/answers.yaml", results.answers_file, name="answers_file"),
    path("assessments/<int:assessment_id>/playbook.yaml", results.playbook_file, name="playbook_file"),
    path("assessments/<int:assessment_id>/score.json", results.score_file, name="score_file"),
    path(SUBMISSION, results.results, name="submission"),
    path(f"{SUBMISSION}report.pdf", results.report, name="submission_report"),
    path(f"{SUBMISSION}answers.yaml", results.answers_file, name="submission_answers_file"),
    path(f"{SUBMISSION}playbook.yaml", results.playbook_file, name="submission_playbook_file"),
    path(f"{SUBMISSION}score.json", results.score_file, name="submission_score_file"),
    path(CRITERION, answering.criterion, name="criterion"),
    path(f"{CRITERION}evidence/", answering.evidence_add, name="evidence_add"),
    path(f"{CRITERION}evidence/<int:evidence_id>/", answering.evidence_edit, name="evidence_edit"),
    path("portfolio/", portfolio.table, name="portfolio"),
    path("health/live/", health.live, name="live"),
    path("health/ready/", health.ready, name="ready"),
]
