/* Calls of the C interface by chance: handles freed in any order, NULL anywhere, lengths that lie about nothing but the limit, answers
 * read after other handles are gone, one file and one prediction read by several threads. Run by .ci/attack-capi with sanitizers and
 * under valgrind: they say what is wrong; the program itself checks the neutral answers.
 *
 *     attack_calls FOLDER CALLS SEED
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "trustlist.h"

enum { FILES = 9, HANDLES = 6, THREADS = 4 };

static uint8_t *bytes[FILES];
static size_t lengths[FILES];

#define CHECK(holds)                                                        \
    do {                                                                    \
        if (!(holds)) {                                                     \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds);     \
            abort();                                                        \
        }                                                                   \
    } while (0)

static uint64_t state;

static size_t below(size_t limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % limit);
}

static void load(const char *folder, int at, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    bytes[at] = malloc(1 << 20);
    CHECK(bytes[at] != NULL);
    lengths[at] = fread(bytes[at], 1, 1 << 20, file);
    fclose(file);
}

/* A copy that is exactly as long as it says and goes at once: what is read behind it, or later, is found. */
static uint8_t *copy(size_t *length) {
    size_t at = below(FILES), size = lengths[at];
    if (below(4) == 0) size = below(size + 1);
    uint8_t *data = malloc(size ? size : 1);
    CHECK(data != NULL);
    memcpy(data, bytes[at], size);
    if (size && below(3) == 0) data[below(size)] ^= (uint8_t)(1u << below(8));
    *length = size;
    return data;
}

static void touch(trustlist_text text) {
    for (size_t at = 0; at < text.length; at++) CHECK(text.data[at] != 0);
    if (text.data != NULL) CHECK(text.data[text.length] == 0);
}

static void read_file(const trustlist_file *file) {
    uint32_t count = 7;
    trustlist_text text;
    trustlist_file_record_count(file, &count);
    for (uint32_t record = 0; record <= count + 1; record++) {
        if (trustlist_record_subject(file, record, &text) == TRUSTLIST_STATUS_OK) touch(text);
        if (trustlist_record_server(file, record, &text) == TRUSTLIST_STATUS_OK) touch(text);
        if (trustlist_record_serial(file, record, &text) == TRUSTLIST_STATUS_OK) touch(text);
    }
    if (trustlist_header_signer(file, &text) == TRUSTLIST_STATUS_OK) touch(text);
    if (trustlist_header_digest(file, &text) == TRUSTLIST_STATUS_OK) touch(text);
}

static void read_prediction(const trustlist_prediction *prediction) {
    trustlist_text text;
    if (trustlist_prediction_json(prediction, &text) == TRUSTLIST_STATUS_OK) touch(text);
    if (trustlist_prediction_text(prediction, &text) == TRUSTLIST_STATUS_OK) touch(text);
    if (trustlist_prediction_explained(prediction, &text) == TRUSTLIST_STATUS_OK) touch(text);
    if (trustlist_prediction_notes(prediction, &text) == TRUSTLIST_STATUS_OK) touch(text);
}

static void say(trustlist_question *question, trustlist_error *error) {
    size_t length;
    uint8_t *data = copy(&length);
    const char *text = (const char *)data;
    if (below(12) == 0) {
        /* More than is read: refused before a byte of it is looked at. */
        CHECK(trustlist_question_set_installed_itl(question, data, SIZE_MAX, error) != TRUSTLIST_STATUS_OK);
        CHECK(trustlist_question_set_model(question, text, SIZE_MAX / 2, error) != TRUSTLIST_STATUS_OK);
    }
    switch (below(16)) {
        case 0: trustlist_question_set_installed_itl(question, data, length, error); break;
        case 1: trustlist_question_set_installed_ctl(question, data, length, error); break;
        case 2: trustlist_question_set_offered_itl(question, data, length, error); break;
        case 3: trustlist_question_set_offered_ctl(question, data, length, error); break;
        case 4: trustlist_question_set_offered_config(question, data, length, error); break;
        case 5: trustlist_question_set_factory_fresh(question, error); break;
        case 6: trustlist_question_set_model(question, "8851", 4, error); break;
        case 7: trustlist_question_set_cm_group(question, text, length < 40 ? length : 40, error); break;
        case 8: trustlist_question_set_tvs_none(question, error); break;
        case 9: trustlist_question_add_tvs_server(question, "ccm1", 4, data, length, error); break;
        case 10: trustlist_question_add_all_tvs_know(question, data, length, error); break;
        case 11: trustlist_question_add_tvs_cached(question, data, length, error); break;
        case 12: trustlist_question_set_at(question, text, length < 20 ? length : 20, error); break;
        case 13: trustlist_question_set_installed_itl(question, NULL, below(2) ? 0 : SIZE_MAX, error); break;
        case 14: trustlist_question_set_digests(question, text, length < 9 ? length : 9, error); break;
        default: trustlist_question_set_security_by_default(question, (int32_t)below(5) - 2, error); break;
    }
    free(data);
}

struct shared {
    const trustlist_file *file;
    const trustlist_prediction *prediction;
};

static void *reader(void *given) {
    const struct shared *shared = given;
    for (int turn = 0; turn < 20; turn++) {
        read_file(shared->file);
        read_prediction(shared->prediction);
        trustlist_verification *verification = NULL;
        trustlist_verify_list(shared->file, &verification, NULL);
        trustlist_verification_free(verification);
    }
    return NULL;
}

static void threads(void) {
    struct shared shared = {NULL, NULL};
    trustlist_file *file = NULL;
    trustlist_question *question = trustlist_question_new();
    trustlist_prediction *prediction = NULL;
    CHECK(trustlist_file_parse(bytes[0], lengths[0], &file, NULL) == TRUSTLIST_STATUS_OK);
    trustlist_question_set_installed_itl(question, bytes[0], lengths[0], NULL);
    trustlist_question_set_offered_itl(question, bytes[1], lengths[1], NULL);
    CHECK(trustlist_predict(question, &prediction, NULL) == TRUSTLIST_STATUS_OK);
    trustlist_question_free(question);
    shared.file = file;
    shared.prediction = prediction;
    pthread_t all[THREADS];
    for (int at = 0; at < THREADS; at++) CHECK(pthread_create(&all[at], NULL, reader, &shared) == 0);
    for (int at = 0; at < THREADS; at++) pthread_join(all[at], NULL);
    trustlist_file_free(file);
    trustlist_prediction_free(prediction);
}

int main(int count, char **words) {
    static const char *const names[FILES] = {
        "cluster/before/ITLFile.tlv", "cluster/after-both/ITLFile.tlv", "mixed/before/CTLFile.tlv",
        "bad/forged-signer.tlv", "cluster/before/SEP001122334455.cnf.xml.sgn", "certs/ccm1-tvs-1.pem",
        "certs/ccm1-callmanager-2.pem", "prints/01-itl-cucm8-document-crlf.txt", "bad/truncated.tlv",
    };
    if (count != 4) return 2;
    for (int at = 0; at < FILES; at++) load(words[1], at, names[at]);
    long calls = atol(words[2]);
    state = strtoull(words[3], NULL, 10) * 2654435761u + 1;

    trustlist_file *files[HANDLES] = {0};
    trustlist_question *questions[HANDLES] = {0};
    trustlist_prediction *predictions[HANDLES] = {0};
    trustlist_verification *verifications[HANDLES] = {0};
    trustlist_error *errors[HANDLES] = {0};
    long answered = 0;
    for (long call = 0; call < calls; call++) {
        size_t at = below(HANDLES), other = below(HANDLES), length;
        trustlist_error *error = errors[other];
        trustlist_text text;
        switch (below(14)) {
            case 0: {
                uint8_t *data = copy(&length);
                trustlist_file_free(files[at]);
                trustlist_status status = trustlist_file_parse(data, length, &files[at], error);
                CHECK((status == TRUSTLIST_STATUS_OK) == (files[at] != NULL));
                free(data);
                break;
            }
            case 1: trustlist_file_free(files[at]); files[at] = NULL; break;
            case 2: trustlist_question_free(questions[at]); questions[at] = below(3) ? trustlist_question_new() : NULL; break;
            case 3: trustlist_error_free(errors[at]); errors[at] = below(3) ? trustlist_error_new() : NULL; break;
            case 4: case 5: case 6: say(questions[at], error); break;
            case 7: {
                trustlist_prediction_free(predictions[at]);
                trustlist_status status = trustlist_predict(questions[other], &predictions[at], error);
                CHECK((status == TRUSTLIST_STATUS_OK) == (predictions[at] != NULL));
                answered += status == TRUSTLIST_STATUS_OK;
                break;
            }
            case 8: read_prediction(predictions[at]); break;
            case 9: read_file(files[at]); break;
            case 10: {
                trustlist_verification_free(verifications[at]);
                verifications[at] = NULL;
                if (below(2)) trustlist_verify_list(files[other], &verifications[at], error);
                else trustlist_verify_with_list(files[at], files[other], &verifications[at], error);
                break;
            }
            case 11:
                if (trustlist_verification_reason(verifications[at], &text) == TRUSTLIST_STATUS_OK) touch(text);
                break;
            case 12:
                if (trustlist_error_text(errors[at], &text) == TRUSTLIST_STATUS_OK) touch(text);
                break;
            default: trustlist_prediction_free(predictions[at]); predictions[at] = NULL; break;
        }
    }
    /* Not in the order in which they were made: the questions and files first. */
    for (int at = 0; at < HANDLES; at++) trustlist_error_free(errors[at]);
    for (int at = 0; at < HANDLES; at++) trustlist_question_free(questions[at]);
    for (int at = 0; at < HANDLES; at++) trustlist_file_free(files[at]);
    for (int at = HANDLES - 1; at >= 0; at--) {
        read_prediction(predictions[at]);
        trustlist_prediction_free(predictions[at]);
        trustlist_verification_free(verifications[at]);
    }
    threads();
    for (int at = 0; at < FILES; at++) free(bytes[at]);
    printf("%ld calls, %ld predictions\n", calls, answered);
    return answered > calls / 1000 ? 0 : 1;
}
