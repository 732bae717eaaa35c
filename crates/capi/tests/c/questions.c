/* Putting a question together: every call, and everything that it refuses. */
#include "check.h"

typedef trustlist_status say_bytes(trustlist_question *, const uint8_t *, size_t, trustlist_error *);
typedef trustlist_status say_words(trustlist_question *, const char *, size_t, trustlist_error *);
typedef trustlist_status say(trustlist_question *, trustlist_error *);

static int contains(trustlist_error *error, const char *words) { return strstr(text_of(error).data, words) != NULL; }

/* Says it with bytes that are gone when the call is over. */
static trustlist_status with_file(say_bytes *says, trustlist_question *question, const char *name, trustlist_error *error) {
    buffer bytes = load(name);
    trustlist_status status = says(question, bytes.data, bytes.length, error);
    free(bytes.data);
    return status;
}

static trustlist_status with_words(say_words *says, trustlist_question *question, const char *words, trustlist_error *error) {
    buffer bytes = copy_of(words, strlen(words));
    trustlist_status status = says(question, (const char *)bytes.data, bytes.length, error);
    free(bytes.data);
    return status;
}

/* A call with bytes: NULL, too many, another format, once only. */
static void bytes_once(say_bytes *says, const char *right, const char *option, int zero_bytes_are_fine) {
    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = trustlist_question_new();
    const uint8_t byte = 1;
    FAILS(says(NULL, &byte, 1, error), TRUSTLIST_STATUS_NULL, "question is NULL");
    CHECK(says(NULL, NULL, 0, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(says(question, NULL, 0, error) == TRUSTLIST_STATUS_NULL && contains(error, option));
    CHECK(says(question, &byte, SIZE_MAX, error) == TRUSTLIST_STATUS_TOO_LARGE && contains(error, option));
    CHECK(with_file(says, question, "bad/error-page.tlv", error) == TRUSTLIST_STATUS_PARSE);
    CHECK(contains(error, option) && contains(error, "found an HTML page"));
    CHECK(with_file(says, question, "bad/firmware-78xx.sbn", NULL) == TRUSTLIST_STATUS_PARSE);
    /* A call that fails says nothing: it can be made again. */
    OK(with_file(says, question, right, error));
    CHECK(with_file(says, question, right, error) == TRUSTLIST_STATUS_ARGUMENT && contains(error, "expected once"));
    trustlist_question_free(question);
    question = trustlist_question_new();
    CHECK(says(question, &byte, 0, error) == (zero_bytes_are_fine ? TRUSTLIST_STATUS_OK : TRUSTLIST_STATUS_PARSE));
    trustlist_question_free(question);
    trustlist_error_free(error);
}

/* A call with words: NULL, too many, no UTF-8, once only. */
static void words_once(say_words *says, const char *right, const char *wrong, const char *option) {
    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = trustlist_question_new();
    FAILS(says(NULL, right, strlen(right), error), TRUSTLIST_STATUS_NULL, "question is NULL");
    CHECK(says(NULL, NULL, 0, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(says(question, NULL, 3, error) == TRUSTLIST_STATUS_NULL && contains(error, option));
    CHECK(says(question, right, 4097, error) == TRUSTLIST_STATUS_TOO_LARGE && contains(error, option));
    CHECK(with_words(says, question, "a\xff", error) == TRUSTLIST_STATUS_ARGUMENT);
    CHECK(contains(error, option) && contains(error, "byte 0x0001: expected text in UTF-8"));
    if (wrong != NULL) CHECK(with_words(says, question, wrong, error) == TRUSTLIST_STATUS_ARGUMENT && contains(error, option));
    OK(with_words(says, question, right, error));
    CHECK(with_words(says, question, right, error) == TRUSTLIST_STATUS_ARGUMENT && contains(error, "expected once"));
    trustlist_question_free(question);
    trustlist_error_free(error);
}

static void once(say *says, const char *option) {
    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = trustlist_question_new();
    FAILS(says(NULL, error), TRUSTLIST_STATUS_NULL, "question is NULL");
    CHECK(says(NULL, NULL) == TRUSTLIST_STATUS_NULL);
    OK(says(question, error));
    CHECK(says(question, error) == TRUSTLIST_STATUS_ARGUMENT && contains(error, option) && contains(error, "expected once"));
    trustlist_question_free(question);
    trustlist_error_free(error);
}

static void numbers(void) {
    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = trustlist_question_new();
    CHECK(trustlist_question_set_max_key_bits(NULL, 2048, error) == TRUSTLIST_STATUS_NULL);
    OK(trustlist_question_set_max_key_bits(question, 2048, error));
    FAILS(trustlist_question_set_max_key_bits(question, 2048, error), TRUSTLIST_STATUS_ARGUMENT,
          "max-key-bits: said before, expected once");
    CHECK(trustlist_question_set_security_by_default(NULL, 1, error) == TRUSTLIST_STATUS_NULL);
    FAILS(trustlist_question_set_security_by_default(question, 2, error), TRUSTLIST_STATUS_ARGUMENT,
          "security-by-default: 2, expected 0 or 1");
    FAILS(trustlist_question_set_security_by_default(question, -1, error), TRUSTLIST_STATUS_ARGUMENT,
          "security-by-default: -1, expected 0 or 1");
    OK(trustlist_question_set_security_by_default(question, 1, error));
    CHECK(trustlist_question_set_security_by_default(question, 0, error) == TRUSTLIST_STATUS_ARGUMENT);
    trustlist_question_free(question);
    trustlist_error_free(error);
}

/* What does not go together is refused by the call that comes second. */
static void contradictions(void) {
    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = trustlist_question_new();
    OK(trustlist_question_set_factory_fresh(question, error));
    CHECK(with_file(trustlist_question_set_installed_itl, question, "cluster/before/ITLFile.tlv", error)
          == TRUSTLIST_STATUS_ARGUMENT);
    CHECK(contains(error, "installed-itl: contradicts factory-fresh"));
    CHECK(with_file(trustlist_question_set_installed_ctl, question, "mixed/before/CTLFile.tlv", error)
          == TRUSTLIST_STATUS_ARGUMENT);
    OK(trustlist_question_set_no_config(question, error));
    CHECK(with_file(trustlist_question_set_offered_config, question, "cluster/before/SEP001122334455.cnf.xml.sgn", error)
          == TRUSTLIST_STATUS_ARGUMENT);
    CHECK(contains(error, "offered-config: contradicts no-config"));
    trustlist_question_free(question);
    question = trustlist_question_new();
    OK(with_file(trustlist_question_set_installed_itl, question, "cluster/before/ITLFile.tlv", error));
    FAILS(trustlist_question_set_factory_fresh(question, error), TRUSTLIST_STATUS_ARGUMENT,
          "factory-fresh: contradicts installed-itl, which was said before");
    OK(with_file(trustlist_question_set_offered_config, question, "cluster/before/SEP001122334455.cnf.xml.sgn", error));
    FAILS(trustlist_question_set_no_config(question, error), TRUSTLIST_STATUS_ARGUMENT,
          "no-config: contradicts offered-config, which was said before");
    trustlist_question_free(question);
    trustlist_error_free(error);
}

/* A list may also be what the console printed. */
static void prints(void) {
    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = trustlist_question_new();
    const char *none = "admin:show ctl\nLength of CTL file: 0\nCTL File not found\n";
    const char *other = "admin:show version\n";
    OK(trustlist_question_set_installed_ctl(question, (const uint8_t *)none, strlen(none), error));
    CHECK(trustlist_question_set_installed_itl(question, (const uint8_t *)none, strlen(none), error)
          == TRUSTLIST_STATUS_PASTE);
    CHECK(contains(error, "expected the output of show itl, found that of show ctl"));
    CHECK(trustlist_question_set_offered_itl(question, (const uint8_t *)other, strlen(other), error)
          == TRUSTLIST_STATUS_PASTE);
    NO_NUMBER(size_t, trustlist_error_offset(error, &number), TRUSTLIST_STATUS_ABSENT);
    trustlist_question_free(question);
    trustlist_error_free(error);
}

void test_questions(void) {
    bytes_once(trustlist_question_set_installed_itl, "cluster/before/ITLFile.tlv", "installed-itl", 0);
    bytes_once(trustlist_question_set_installed_ctl, "mixed/before/CTLFile.tlv", "installed-ctl", 0);
    bytes_once(trustlist_question_set_offered_itl, "cluster/before/ITLFile.tlv", "offered-itl", 1);
    bytes_once(trustlist_question_set_offered_ctl, "mixed/before/CTLFile.tlv", "offered-ctl", 1);
    bytes_once(trustlist_question_set_offered_config, "cluster/before/SEP001122334455.cnf.xml.sgn", "offered-config", 1);
    words_once(trustlist_question_set_tftp_server, "ccm1.voice.example", NULL, "tftp-server");
    words_once(trustlist_question_set_tls_minimum, "1.2", "1.4", "tls-minimum");
    words_once(trustlist_question_set_at, "2026-11-21", "2026-13-01", "at");
    words_once(trustlist_question_set_model, "CP-7975G", NULL, "model");
    words_once(trustlist_question_set_digests, "sha1,sha512", "sha1,md5", "digests");
    words_once(trustlist_question_set_cm_group, "ccm1, ccm2", NULL, "cm-group");
    once(trustlist_question_set_factory_fresh, "factory-fresh");
    once(trustlist_question_set_no_config, "no-config");
    once(trustlist_question_set_fips, "fips");
    once(trustlist_question_set_tvs_none, "tvs none");
    numbers();
    contradictions();
    prints();
    trustlist_question_free(NULL);
}

/* A call about a server and something more. */
typedef trustlist_status say_server(trustlist_question *, const char *, size_t, const uint8_t *, size_t, trustlist_error *);

static void server_and_bytes(say_server *says, const char *option) {
    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = trustlist_question_new();
    buffer pem = load("certs/ccm1-tvs-1.pem");
    const uint8_t *no_bytes = NULL, byte = 0;
    CHECK(says(NULL, "a", 1, pem.data, pem.length, error) == TRUSTLIST_STATUS_NULL);
    CHECK(says(question, NULL, 1, pem.data, pem.length, error) == TRUSTLIST_STATUS_NULL && contains(error, option));
    CHECK(says(question, "a", 1, no_bytes, 0, error) == TRUSTLIST_STATUS_NULL && contains(error, option));
    CHECK(says(question, "a", 0, pem.data, pem.length, error) == TRUSTLIST_STATUS_ARGUMENT && contains(error, option));
    CHECK(says(question, "\xff", 1, pem.data, pem.length, error) == TRUSTLIST_STATUS_ARGUMENT);
    CHECK(says(question, "a", 4097, pem.data, pem.length, error) == TRUSTLIST_STATUS_TOO_LARGE);
    CHECK(says(question, "a", 1, &byte, SIZE_MAX, error) == TRUSTLIST_STATUS_TOO_LARGE);
    CHECK(says(question, "a", 1, &byte, 1, error) == TRUSTLIST_STATUS_CERTIFICATE && contains(error, option));
    OK(says(question, "a", 1, pem.data, pem.length, error));
    OK(says(question, "b", 1, pem.data, pem.length, NULL));
    trustlist_question_free(question);
    question = trustlist_question_new();
    OK(trustlist_question_set_tvs_none(question, error));
    CHECK(says(question, "a", 1, pem.data, pem.length, error) == TRUSTLIST_STATUS_ARGUMENT && contains(error, "tvs none"));
    free(pem.data);
    trustlist_question_free(question);
    trustlist_error_free(error);
}

static void bytes_of_tvs(say_bytes *says, const char *option) {
    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = trustlist_question_new();
    const uint8_t byte = 0;
    CHECK(says(NULL, &byte, 1, error) == TRUSTLIST_STATUS_NULL);
    CHECK(says(question, NULL, 0, error) == TRUSTLIST_STATUS_NULL && contains(error, option));
    CHECK(says(question, &byte, SIZE_MAX, error) == TRUSTLIST_STATUS_TOO_LARGE);
    CHECK(says(question, &byte, 1, error) == TRUSTLIST_STATUS_CERTIFICATE && contains(error, option));
    OK(with_file(says, question, "certs/ccm1-callmanager-2.pem", error));
    OK(with_file(says, question, "certs/ccm2-callmanager-1.pem", error));
    trustlist_question_free(question);
    trustlist_error_free(error);
}

void test_tvs(void) {
    trustlist_error *error = trustlist_error_new();
    trustlist_question *question = trustlist_question_new();
    server_and_bytes(trustlist_question_add_tvs_server, "tvs");
    server_and_bytes(trustlist_question_add_tvs_knows, "tvs-knows");
    bytes_of_tvs(trustlist_question_add_all_tvs_know, "tvs-knows");
    bytes_of_tvs(trustlist_question_add_tvs_cached, "tvs-cached");
    CHECK(trustlist_question_add_tvs_down(NULL, "a", 1, error) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_question_add_tvs_down(question, NULL, 1, error) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_question_add_tvs_down(question, "", 0, error) == TRUSTLIST_STATUS_ARGUMENT);
    OK(trustlist_question_add_tvs_down(question, "ccm1", 4, error));
    FAILS(trustlist_question_add_tvs_down(question, "ccm1", 4, error), TRUSTLIST_STATUS_ARGUMENT,
          "tvs: ccm1 was said before, expected each server once");
    FAILS(trustlist_question_set_tvs_none(question, error), TRUSTLIST_STATUS_ARGUMENT,
          "tvs none: contradicts tvs, which was said before");
    trustlist_question_free(question);
    question = trustlist_question_new();
    OK(trustlist_question_set_tvs_none(question, error));
    CHECK(trustlist_question_add_tvs_down(question, "ccm1", 4, error) == TRUSTLIST_STATUS_ARGUMENT);
    CHECK(with_file(trustlist_question_add_all_tvs_know, question, "cluster/before/ITLFile.tlv", error)
          == TRUSTLIST_STATUS_ARGUMENT);
    trustlist_question_free(question);
    question = trustlist_question_new();
    OK(with_file(trustlist_question_add_all_tvs_know, question, "cluster/before/ITLFile.tlv", error));
    FAILS(trustlist_question_set_tvs_none(question, error), TRUSTLIST_STATUS_ARGUMENT,
          "tvs none: contradicts tvs-knows, which was said before");
    CHECK(with_file(trustlist_question_add_all_tvs_know, question, "bad/third-record-length.tlv", error)
          == TRUSTLIST_STATUS_PARSE);
    trustlist_question_free(question);
    trustlist_error_free(error);
}
