/* Asks if a phone that has one ITL accepts another one. docs/embedding.md, "From C", shows how to build it.
 *
 *     predict INSTALLED.tlv OFFERED.tlv MODEL
 *
 * Exit status: 0 yes, 1 no, 3 undecided, 2 wrong usage or unreadable input. */
#include <stdio.h>
#include <string.h>
#include <trustlist.h>

/* Phones accept lists of up to 64 KiB. */
static uint8_t installed[1 << 20], offered[1 << 20];

/* Returns the length of the file, 0 if it cannot be read. */
static size_t read_file(const char *path, uint8_t *bytes, size_t size) {
    FILE *file = fopen(path, "rb");
    size_t length = file == NULL ? 0 : fread(bytes, 1, size, file);
    if (length == 0) fprintf(stderr, "predict: %s: cannot be read, or is empty\n", path);
    if (file != NULL) fclose(file);
    return length;
}

/* Each call gives one fact. A fact that is not given stays unknown, and an answer that needs it is undecided. */
static trustlist_status ask(trustlist_question *question, size_t installed_length, size_t offered_length, const char *model,
                            trustlist_error *error) {
    trustlist_status status = trustlist_question_set_installed_itl(question, installed, installed_length, error);
    if (status == TRUSTLIST_STATUS_OK)
        status = trustlist_question_set_offered_itl(question, offered, offered_length, error);
    if (status == TRUSTLIST_STATUS_OK) status = trustlist_question_set_model(question, model, strlen(model), error);
    return status;
}

static int exit_status(const trustlist_prediction *prediction) {
    trustlist_outcome outcome;
    trustlist_prediction_outcome(prediction, TRUSTLIST_JUDGED_ITL, &outcome);
    switch (outcome) {
    case TRUSTLIST_OUTCOME_ACCEPT:
    case TRUSTLIST_OUTCOME_INSTALL_FIRST:
    case TRUSTLIST_OUTCOME_UNCHANGED: return 0;
    case TRUSTLIST_OUTCOME_REJECT: return 1;
    default: return 3; /* never a yes for what this program does not know */
    }
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: predict INSTALLED.tlv OFFERED.tlv MODEL\n");
        return 2;
    }
    size_t installed_length = read_file(arguments[1], installed, sizeof installed);
    size_t offered_length = read_file(arguments[2], offered, sizeof offered);
    if (installed_length == 0 || offered_length == 0) return 2;

    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = trustlist_question_new();
    trustlist_prediction *prediction = NULL;
    trustlist_status status = ask(question, installed_length, offered_length, arguments[3], error);
    if (status == TRUSTLIST_STATUS_OK) status = trustlist_predict(question, &prediction, error);

    int answer = 2;
    trustlist_text text;
    if (status == TRUSTLIST_STATUS_OK) {
        trustlist_prediction_text(prediction, &text);
        fputs(text.data, stdout);
        answer = exit_status(prediction);
    } else {
        trustlist_error_text(error, &text);
        fprintf(stderr, "predict: %s\n", text.data);
    }
    trustlist_prediction_free(prediction);
    trustlist_question_free(question);
    trustlist_error_free(error);
    return answer;
}
