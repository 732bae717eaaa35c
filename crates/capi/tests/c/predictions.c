/* Answers: to questions of files, to cases in symbols, and in several threads. */
#include "check.h"

#include <pthread.h>

static void says(trustlist_status (*call)(trustlist_question *, const uint8_t *, size_t, trustlist_error *),
                 trustlist_question *question, const char *name) {
    buffer bytes = load(name);
    OK(call(question, bytes.data, bytes.length, NULL));
    free(bytes.data);
}

static trustlist_prediction *answered(const trustlist_question *question) {
    trustlist_prediction *prediction = NULL;
    OK(trustlist_predict(question, &prediction, NULL));
    return prediction;
}

static void file_is(const trustlist_prediction *prediction, uint32_t file, trustlist_outcome wanted, const char *word,
                    const char *decisive) {
    trustlist_outcome outcome = TRUSTLIST_OUTCOME_NONE;
    OK(trustlist_prediction_outcome(prediction, file, &outcome));
    CHECK(outcome == wanted);
    TEXT(trustlist_prediction_outcome_word(prediction, file, &text), word);
    if (decisive == NULL) return;
    TEXT(trustlist_prediction_decisive(prediction, file, &text), decisive);
}

static void verdict_is(const trustlist_prediction *prediction, trustlist_verdict wanted) {
    trustlist_verdict verdict = TRUSTLIST_VERDICT_NONE;
    OK(trustlist_prediction_verdict(prediction, &verdict));
    CHECK(verdict == wanted);
}

/* The phone of README.md: CallManager renewed, with this certificate presented by TVS. */
static trustlist_question *renewed(const char *tvs) {
    trustlist_question *question = trustlist_question_new();
    says(trustlist_question_set_installed_itl, question, "cluster/before/ITLFile.tlv");
    says(trustlist_question_set_offered_itl, question, "cluster/after-callmanager/ITLFile.tlv");
    says(trustlist_question_set_offered_config, question, "cluster/after-callmanager/SEP001122334455.cnf.xml.sgn");
    OK(trustlist_question_set_model(question, "8851", 4, NULL));
    OK(trustlist_question_set_cm_group(question, "ccm1", 4, NULL));
    buffer certificate = load(tvs);
    OK(trustlist_question_add_tvs_server(question, "ccm1", 4, certificate.data, certificate.length, NULL));
    free(certificate.data);
    says(trustlist_question_add_all_tvs_know, question, "cluster/after-callmanager/ITLFile.tlv");
    return question;
}

static void accepted_or_refused(void) {
    trustlist_question *question = renewed("certs/ccm1-tvs-1.pem");
    trustlist_prediction *prediction = answered(question), *again = answered(question);
    trustlist_text one, other;
    OK(trustlist_prediction_json(prediction, &one));
    OK(trustlist_prediction_json(again, &other));
    CHECK(strcmp(one.data, other.data) == 0);
    /* The answer stays when the question is gone. */
    trustlist_question_free(question);
    trustlist_prediction_free(again);
    file_is(prediction, TRUSTLIST_JUDGED_CTL, TRUSTLIST_OUTCOME_NOT_OFFERED, "not-offered", NULL);
    file_is(prediction, TRUSTLIST_JUDGED_ITL, TRUSTLIST_OUTCOME_ACCEPT, "accept", "tvs-vouches");
    file_is(prediction, TRUSTLIST_JUDGED_CONFIG, TRUSTLIST_OUTCOME_ACCEPT, "accept", NULL);
    NO_NUMBER(trustlist_outcome, trustlist_prediction_leans(prediction, TRUSTLIST_JUDGED_ITL, &number), TRUSTLIST_STATUS_ABSENT);
    verdict_is(prediction, TRUSTLIST_VERDICT_FINE);
    CHECK(strstr(one.data, "\"schema\": \"trustlist.prediction/1\"") != NULL && one.data[one.length - 1] == '\n');
    trustlist_text text, explained;
    OK(trustlist_prediction_text(prediction, &text));
    OK(trustlist_prediction_explained(prediction, &explained));
    CHECK(strchr(text.data, '\n') != NULL && explained.length > text.length);
    TEXT(trustlist_prediction_notes(prediction, &text), "");
    trustlist_prediction_free(prediction);

    question = renewed("certs/ccm1-tvs-2.pem");
    prediction = answered(question);
    file_is(prediction, TRUSTLIST_JUDGED_ITL, TRUSTLIST_OUTCOME_REJECT, "reject", "signer-unknown");
    verdict_is(prediction, TRUSTLIST_VERDICT_REFUSED);
    trustlist_prediction_free(prediction);
    trustlist_question_free(question);
}

/* What is not said stays unknown. */
static void unsaid(void) {
    trustlist_question *question = trustlist_question_new();
    trustlist_prediction *prediction = answered(question);
    file_is(prediction, TRUSTLIST_JUDGED_ITL, TRUSTLIST_OUTCOME_DEPENDS, "depends", "installed-lists-not-given");
    NO_NUMBER(trustlist_outcome, trustlist_prediction_outcome(prediction, TRUSTLIST_JUDGED_CONFIG, &number),
              TRUSTLIST_STATUS_ABSENT);
    NO_TEXT(trustlist_prediction_outcome_word(prediction, TRUSTLIST_JUDGED_CONFIG, &text), TRUSTLIST_STATUS_ABSENT);
    NO_TEXT(trustlist_prediction_decisive(prediction, TRUSTLIST_JUDGED_CONFIG, &text), TRUSTLIST_STATUS_ABSENT);
    verdict_is(prediction, TRUSTLIST_VERDICT_UNDECIDED);
    trustlist_prediction_free(prediction);
    trustlist_question_free(question);

    question = trustlist_question_new();
    says(trustlist_question_set_offered_itl, question, "cluster/before/ITLFile.tlv");
    OK(trustlist_question_set_factory_fresh(question, NULL));
    OK(trustlist_question_set_security_by_default(question, 1, NULL));
    OK(trustlist_question_set_no_config(question, NULL));
    prediction = answered(question);
    file_is(prediction, TRUSTLIST_JUDGED_ITL, TRUSTLIST_OUTCOME_INSTALL_FIRST, "install-first", NULL);
    trustlist_prediction_free(prediction);
    trustlist_question_free(question);

    question = trustlist_question_new();
    says(trustlist_question_set_installed_itl, question, "cluster/before/ITLFile.tlv");
    says(trustlist_question_set_offered_itl, question, "cluster/before/ITLFile.tlv");
    OK(trustlist_question_set_security_by_default(question, 1, NULL));
    prediction = answered(question);
    file_is(prediction, TRUSTLIST_JUDGED_ITL, TRUSTLIST_OUTCOME_UNCHANGED, "unchanged", NULL);
    trustlist_prediction_free(prediction);
    trustlist_question_free(question);

    question = trustlist_question_new();
    OK(trustlist_question_set_factory_fresh(question, NULL));
    OK(trustlist_question_set_model(question, "JTAPI", 5, NULL));
    says(trustlist_question_set_offered_itl, question, "cluster/before/ITLFile.tlv");
    prediction = answered(question);
    file_is(prediction, TRUSTLIST_JUDGED_ITL, TRUSTLIST_OUTCOME_NOT_APPLICABLE, "not-applicable", NULL);
    trustlist_prediction_free(prediction);
    trustlist_question_free(question);
}

/* A hurried mistake is said, and answered all the same. */
static void mistaken(void) {
    trustlist_question *question = trustlist_question_new();
    says(trustlist_question_set_installed_ctl, question, "cluster/before/ITLFile.tlv");
    trustlist_prediction *prediction = answered(question);
    TEXT(trustlist_prediction_notes(prediction, &text),
         "installed CTL: the name inside this file is that of an ITL; did you mean the other kind?\n");
    trustlist_prediction_free(prediction);
    trustlist_question_free(question);
}

static void predictions_at_null(void) {
    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = renewed("certs/ccm1-tvs-1.pem");
    trustlist_prediction *prediction = (trustlist_prediction *)error;
    FAILS(trustlist_predict(NULL, &prediction, error), TRUSTLIST_STATUS_NULL, "question is NULL");
    CHECK(prediction == NULL);
    FAILS(trustlist_predict(question, NULL, error), TRUSTLIST_STATUS_NULL, "the place for the answer is NULL");
    OK(trustlist_predict(question, &prediction, error));
    NO_NUMBER(trustlist_verdict, trustlist_prediction_verdict(NULL, &number), TRUSTLIST_STATUS_NULL);
    NO_NUMBER(trustlist_outcome, trustlist_prediction_outcome(NULL, 1, &number), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_prediction_outcome_word(NULL, 1, &text), TRUSTLIST_STATUS_NULL);
    NO_NUMBER(trustlist_outcome, trustlist_prediction_leans(NULL, 1, &number), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_prediction_decisive(NULL, 1, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_prediction_json(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_prediction_text(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_prediction_explained(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_prediction_notes(NULL, &text), TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_prediction_verdict(prediction, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_prediction_outcome(prediction, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_prediction_outcome_word(prediction, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_prediction_leans(prediction, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_prediction_decisive(prediction, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_prediction_json(prediction, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_prediction_text(prediction, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_prediction_explained(prediction, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_prediction_notes(prediction, NULL) == TRUSTLIST_STATUS_NULL);
    for (uint32_t file = 0; file < 6; file++) {
        if (file >= TRUSTLIST_JUDGED_CTL && file <= TRUSTLIST_JUDGED_CONFIG) continue;
        NO_NUMBER(trustlist_outcome, trustlist_prediction_outcome(prediction, file, &number), TRUSTLIST_STATUS_ARGUMENT);
        NO_TEXT(trustlist_prediction_outcome_word(prediction, file, &text), TRUSTLIST_STATUS_ARGUMENT);
        NO_NUMBER(trustlist_outcome, trustlist_prediction_leans(prediction, file, &number), TRUSTLIST_STATUS_ARGUMENT);
        NO_TEXT(trustlist_prediction_decisive(prediction, file, &text), TRUSTLIST_STATUS_ARGUMENT);
    }
    trustlist_prediction_free(prediction);
    trustlist_prediction_free(NULL);
    trustlist_question_free(question);
    trustlist_error_free(error);
}

void test_predictions(void) {
    predictions_at_null();
    accepted_or_refused();
    unsaid();
    mistaken();
}

static void case_fails(const char *json, size_t length, trustlist_status wanted, const char *why) {
    trustlist_error *error = trustlist_error_new();
    trustlist_prediction *prediction = (trustlist_prediction *)error;
    FAILS(trustlist_predict_case(json, length, &prediction, error), wanted, why);
    CHECK(prediction == NULL);
    trustlist_error_free(error);
}

void test_cases(void) {
    const char *right = "{\"schema\":\"trustlist.predict/1\",\"phone\":{},\"offer\":{}}";
    const char *misspelt = "{\"schema\":\"trustlist.predict/1\",\"phone\":{\"itls\":null},\"offer\":{}}";
    case_fails(NULL, 0, TRUSTLIST_STATUS_NULL, "json is NULL");
    case_fails("\xff", 1, TRUSTLIST_STATUS_ARGUMENT, "json: byte 0x0000: expected text in UTF-8");
    case_fails("", ((size_t)64 << 20) + 1, TRUSTLIST_STATUS_TOO_LARGE, "json: 67108865 bytes, expected at most 67108864");
    case_fails("", 0, TRUSTLIST_STATUS_CASE,
               "line 1 column 0: expected JSON; found EOF while parsing a value");
    case_fails(misspelt, strlen(misspelt), TRUSTLIST_STATUS_CASE,
               "phone.itls: expected model, security_by_default, digests, fips, max_key_bits, cm_group, ctl, itl or "
               "tvs_cache; found an unknown field");
    CHECK(trustlist_predict_case(right, strlen(right), NULL, NULL) == TRUSTLIST_STATUS_NULL);
    trustlist_prediction *prediction = NULL;
    OK(trustlist_predict_case(right, strlen(right), &prediction, NULL));
    verdict_is(prediction, TRUSTLIST_VERDICT_UNDECIDED);
    trustlist_prediction_free(prediction);

    buffer json = load("cases/predict/ctl-undecided-leans-accept.json");
    OK(trustlist_predict_case((const char *)json.data, json.length, &prediction, NULL));
    free(json.data);
    trustlist_outcome leans = TRUSTLIST_OUTCOME_NONE;
    OK(trustlist_prediction_leans(prediction, TRUSTLIST_JUDGED_CTL, &leans));
    CHECK(leans == TRUSTLIST_OUTCOME_ACCEPT);
    TEXT(trustlist_prediction_notes(prediction, &text), "");
    trustlist_prediction_free(prediction);
}

/* One file and one answer, read by several threads, each with questions of its own. */
typedef struct {
    const trustlist_file *file;
    const trustlist_prediction *prediction;
    int right;
} shared;

static void *read_all(void *data) {
    shared *own = data;
    for (int round = 0; round < 3; round++) {
        trustlist_verification *verification = NULL;
        trustlist_signature signature = TRUSTLIST_SIGNATURE_NONE;
        trustlist_outcome outcome = TRUSTLIST_OUTCOME_NONE;
        trustlist_prediction *mine = NULL;
        trustlist_question *question = trustlist_question_new();
        int right = trustlist_verify_list(own->file, &verification, NULL) == TRUSTLIST_STATUS_OK;
        trustlist_verification_outcome(verification, &signature);
        trustlist_prediction_outcome(own->prediction, TRUSTLIST_JUDGED_ITL, &outcome);
        right &= signature == TRUSTLIST_SIGNATURE_VALID && outcome == TRUSTLIST_OUTCOME_ACCEPT;
        right &= trustlist_predict(question, &mine, NULL) == TRUSTLIST_STATUS_OK;
        own->right += right;
        trustlist_prediction_free(mine);
        trustlist_question_free(question);
        trustlist_verification_free(verification);
    }
    return NULL;
}

void test_threads(void) {
    trustlist_question *question = renewed("certs/ccm1-tvs-1.pem");
    trustlist_prediction *prediction = answered(question);
    trustlist_file *file = parsed("cluster/before/ITLFile.tlv");
    pthread_t threads[4];
    shared own[4];
    for (int thread = 0; thread < 4; thread++) {
        own[thread] = (shared){file, prediction, 0};
        CHECK(pthread_create(&threads[thread], NULL, read_all, &own[thread]) == 0);
    }
    for (int thread = 0; thread < 4; thread++) {
        CHECK(pthread_join(threads[thread], NULL) == 0);
        CHECK(own[thread].right == 3);
    }
    trustlist_file_free(file);
    trustlist_prediction_free(prediction);
    trustlist_question_free(question);
}
