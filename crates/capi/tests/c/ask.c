/* A prediction by the options of `trustlist predict`, as JSON: `.ci/capi` compares it with that of the command line. */
#include "check.h"

static trustlist_error *error;

static buffer read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    static char bytes[1 << 20];
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return copy_of(bytes, length);
}

static int is(const char *option, const char *wanted) { return strcmp(option, wanted) == 0; }

static trustlist_status with_file(trustlist_status (*says)(trustlist_question *, const uint8_t *, size_t, trustlist_error *),
                                  trustlist_question *question, const char *path) {
    buffer bytes = read_file(path);
    trustlist_status status = says(question, bytes.data, bytes.length, error);
    free(bytes.data);
    return status;
}

static trustlist_status server_with_file(trustlist_status (*says)(trustlist_question *, const char *, size_t, const uint8_t *,
                                                                  size_t, trustlist_error *),
                                         trustlist_question *question, const char *value) {
    const char *equals = strchr(value, '=');
    buffer bytes = read_file(equals + 1);
    trustlist_status status = says(question, value, (size_t)(equals - value), bytes.data, bytes.length, error);
    free(bytes.data);
    return status;
}

static trustlist_status tvs(trustlist_question *question, const char *value) {
    if (is(value, "none")) return trustlist_question_set_tvs_none(question, error);
    const char *equals = strchr(value, '=');
    if (is(equals, "=down")) return trustlist_question_add_tvs_down(question, value, (size_t)(equals - value), error);
    return server_with_file(trustlist_question_add_tvs_server, question, value);
}

/* An option without a value. */
static int flag(trustlist_question *question, const char *option, trustlist_status *status) {
    if (is(option, "--no-config")) *status = trustlist_question_set_no_config(question, error);
    else if (is(option, "--factory-fresh")) *status = trustlist_question_set_factory_fresh(question, error);
    else if (is(option, "--fips")) *status = trustlist_question_set_fips(question, error);
    else return 0;
    return 1;
}

static trustlist_status option(trustlist_question *question, const char *name, const char *value) {
    size_t length = strlen(value);
    if (is(name, "--installed-itl")) return with_file(trustlist_question_set_installed_itl, question, value);
    if (is(name, "--installed-ctl")) return with_file(trustlist_question_set_installed_ctl, question, value);
    if (is(name, "--offered-itl")) return with_file(trustlist_question_set_offered_itl, question, value);
    if (is(name, "--offered-ctl")) return with_file(trustlist_question_set_offered_ctl, question, value);
    if (is(name, "--offered-config")) return with_file(trustlist_question_set_offered_config, question, value);
    if (is(name, "--tvs-cached")) return with_file(trustlist_question_add_tvs_cached, question, value);
    if (is(name, "--tvs")) return tvs(question, value);
    if (is(name, "--tvs-knows") && strchr(value, '=') == NULL)
        return with_file(trustlist_question_add_all_tvs_know, question, value);
    if (is(name, "--tvs-knows")) return server_with_file(trustlist_question_add_tvs_knows, question, value);
    if (is(name, "--model")) return trustlist_question_set_model(question, value, length, error);
    if (is(name, "--digests")) return trustlist_question_set_digests(question, value, length, error);
    if (is(name, "--cm-group")) return trustlist_question_set_cm_group(question, value, length, error);
    if (is(name, "--tls-minimum")) return trustlist_question_set_tls_minimum(question, value, length, error);
    if (is(name, "--tftp-server")) return trustlist_question_set_tftp_server(question, value, length, error);
    if (is(name, "--at")) return trustlist_question_set_at(question, value, length, error);
    if (is(name, "--max-key-bits")) return trustlist_question_set_max_key_bits(question, (uint32_t)atol(value), error);
    if (is(name, "--security-by-default"))
        return trustlist_question_set_security_by_default(question, is(value, "yes"), error);
    fprintf(stderr, "unknown option %s\n", name);
    exit(2);
}

static int answer(trustlist_status status, const trustlist_prediction *prediction) {
    if (status != TRUSTLIST_STATUS_OK) {
        fprintf(stderr, "%s\n", text_of(error).data);
        return 2;
    }
    trustlist_text json, notes;
    trustlist_verdict verdict = TRUSTLIST_VERDICT_NONE;
    OK(trustlist_prediction_json(prediction, &json));
    OK(trustlist_prediction_verdict(prediction, &verdict));
    OK(trustlist_prediction_notes(prediction, &notes));
    fwrite(json.data, 1, json.length, stdout);
    for (const char *note = notes.data; *note != '\0'; note = strchr(note, '\n') + 1)
        fprintf(stderr, "warning: %.*s\n", (int)strcspn(note, "\n"), note);
    return verdict == TRUSTLIST_VERDICT_FINE ? 0 : verdict == TRUSTLIST_VERDICT_REFUSED ? 1 : 3;
}

int ask(int count, char **arguments) {
    error = trustlist_error_new();
    trustlist_prediction *prediction = NULL;
    trustlist_status status = TRUSTLIST_STATUS_OK;
    if (count == 2 && is(arguments[0], "--case")) {
        buffer json = read_file(arguments[1]);
        status = trustlist_predict_case((const char *)json.data, json.length, &prediction, error);
        free(json.data);
    } else {
        trustlist_question *question = trustlist_question_new();
        for (int at = 0; at < count && status == TRUSTLIST_STATUS_OK; at++) {
            if (flag(question, arguments[at], &status) || at + 1 == count) continue;
            status = option(question, arguments[at], arguments[at + 1]);
            at++;
        }
        if (status == TRUSTLIST_STATUS_OK) status = trustlist_predict(question, &prediction, error);
        trustlist_question_free(question);
    }
    int exit_status = answer(status, prediction);
    trustlist_prediction_free(prediction);
    trustlist_error_free(error);
    return exit_status;
}
