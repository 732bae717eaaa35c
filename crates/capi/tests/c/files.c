/* Numbers, errors, files and their headers. */
#include "check.h"

/* The numbers are stable: they may be added to, never changed. */
void test_numbers(void) {
    _Static_assert(TRUSTLIST_STATUS_OK == 0 && TRUSTLIST_STATUS_NULL == 1 && TRUSTLIST_STATUS_ARGUMENT == 2, "status");
    _Static_assert(TRUSTLIST_STATUS_PARSE == 3 && TRUSTLIST_STATUS_PASTE == 4, "status");
    _Static_assert(TRUSTLIST_STATUS_CERTIFICATE == 5 && TRUSTLIST_STATUS_CASE == 6, "status");
    _Static_assert(TRUSTLIST_STATUS_TOO_LARGE == 7 && TRUSTLIST_STATUS_ABSENT == 8, "status");
    _Static_assert(TRUSTLIST_STATUS_RANGE == 9 && TRUSTLIST_STATUS_PANIC == 10, "status");
    _Static_assert(TRUSTLIST_KIND_NONE == 0 && TRUSTLIST_KIND_ITL == 1 && TRUSTLIST_KIND_CTL == 2, "kind");
    _Static_assert(TRUSTLIST_KIND_LIST == 3 && TRUSTLIST_KIND_SIGNED_FILE == 4, "kind");
    _Static_assert(TRUSTLIST_SIGNATURE_NONE == 0 && TRUSTLIST_SIGNATURE_VALID == 1, "signature");
    _Static_assert(TRUSTLIST_SIGNATURE_INVALID == 2 && TRUSTLIST_SIGNATURE_NOT_VERIFIABLE == 3, "signature");
    _Static_assert(TRUSTLIST_OUTCOME_NONE == 0 && TRUSTLIST_OUTCOME_ACCEPT == 1, "outcome");
    _Static_assert(TRUSTLIST_OUTCOME_INSTALL_FIRST == 2 && TRUSTLIST_OUTCOME_UNCHANGED == 3, "outcome");
    _Static_assert(TRUSTLIST_OUTCOME_REJECT == 4 && TRUSTLIST_OUTCOME_DEPENDS == 5, "outcome");
    _Static_assert(TRUSTLIST_OUTCOME_NOT_OFFERED == 6 && TRUSTLIST_OUTCOME_NOT_APPLICABLE == 7, "outcome");
    _Static_assert(TRUSTLIST_VERDICT_NONE == 0 && TRUSTLIST_VERDICT_FINE == 1, "verdict");
    _Static_assert(TRUSTLIST_VERDICT_REFUSED == 2 && TRUSTLIST_VERDICT_UNDECIDED == 3, "verdict");
    _Static_assert(TRUSTLIST_JUDGED_CTL == 1 && TRUSTLIST_JUDGED_ITL == 2 && TRUSTLIST_JUDGED_CONFIG == 3, "judged");
    const char *version = trustlist_version();
    CHECK(version != NULL && strchr(version, '.') != NULL);
}

void test_errors(void) {
    trustlist_error *error = trustlist_error_new();
    CHECK(error != NULL);
    CHECK(trustlist_error_status(error) == TRUSTLIST_STATUS_OK);
    TEXT(trustlist_error_text(error, &text), "");
    NO_NUMBER(size_t, trustlist_error_offset(error, &number), TRUSTLIST_STATUS_ABSENT);
    NO_NUMBER(uint32_t, trustlist_error_record(error, &number), TRUSTLIST_STATUS_ABSENT);

    CHECK(trustlist_error_status(NULL) == TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_error_text(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_NUMBER(size_t, trustlist_error_offset(NULL, &number), TRUSTLIST_STATUS_NULL);
    NO_NUMBER(uint32_t, trustlist_error_record(NULL, &number), TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_error_text(error, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_error_offset(error, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_error_record(error, NULL) == TRUSTLIST_STATUS_NULL);

    /* One handle for many calls: it tells of the last one. */
    trustlist_file *file = NULL;
    buffer bytes = load("bad/third-record-length.tlv");
    FAILS(trustlist_file_parse(bytes.data, bytes.length, &file, error), TRUSTLIST_STATUS_PARSE,
          "file: broken at record 3, certificate signature (tag 8) at byte 0x10e4: needs 259 bytes, 222 left");
    free(bytes.data);
    size_t offset = 0;
    uint32_t record = 0;
    OK(trustlist_error_offset(error, &offset));
    OK(trustlist_error_record(error, &record));
    CHECK(offset == 0x10e4 && record == 3 && file == NULL);
    bytes = load("bad/error-page.tlv");
    FAILS(trustlist_file_parse(bytes.data, bytes.length, &file, error), TRUSTLIST_STATUS_PARSE,
          "file: byte 0x0000: expected a trust list or signed file (01 00 02 …), found an HTML page");
    free(bytes.data);
    NO_NUMBER(uint32_t, trustlist_error_record(error, &number), TRUSTLIST_STATUS_ABSENT);
    bytes = load("cluster/before/ITLFile.tlv");
    OK(trustlist_file_parse(bytes.data, bytes.length, &file, error));
    free(bytes.data);
    CHECK(trustlist_error_status(error) == TRUSTLIST_STATUS_OK);
    TEXT(trustlist_error_text(error, &text), "");
    NO_NUMBER(size_t, trustlist_error_offset(error, &number), TRUSTLIST_STATUS_ABSENT);
    trustlist_file_free(file);
    trustlist_error_free(error);
    trustlist_error_free(NULL);
}

/* A list above 4 MiB, of which every record is right. */
static buffer long_list(void) {
    buffer list = load("cluster/before/ITLFile.tlv");
    trustlist_file *file = parsed("cluster/before/ITLFile.tlv");
    size_t offset = 0, length = 0, limit = (size_t)4 << 20;
    OK(trustlist_record_range(file, 1, &offset, &length));
    buffer longer = {malloc(limit + length), list.length};
    memcpy(longer.data, list.data, list.length);
    while (longer.length <= limit) {
        memcpy(longer.data + longer.length, list.data + offset, length);
        longer.length += length;
    }
    free(list.data);
    trustlist_file_free(file);
    return longer;
}

static void parse_fails(void) {
    trustlist_error *error = trustlist_error_new();
    trustlist_file *file = (trustlist_file *)error;
    const uint8_t byte = 1;
    FAILS(trustlist_file_parse(NULL, 0, &file, error), TRUSTLIST_STATUS_NULL, "data is NULL");
    CHECK(file == NULL);
    FAILS(trustlist_file_parse(NULL, 9, &file, error), TRUSTLIST_STATUS_NULL, "data is NULL");
    FAILS(trustlist_file_parse(&byte, 1, NULL, error), TRUSTLIST_STATUS_NULL, "the place for the answer is NULL");
    CHECK(trustlist_file_parse(NULL, 0, NULL, NULL) == TRUSTLIST_STATUS_NULL);
    FAILS(trustlist_file_parse(&byte, 0, &file, error), TRUSTLIST_STATUS_PARSE,
          "file: byte 0x0000: expected a trust list or signed file (01 00 02 …), found an empty file");
    CHECK(trustlist_file_parse(&byte, 1, &file, NULL) == TRUSTLIST_STATUS_PARSE);
    /* The length is refused before anything is read. */
    FAILS(trustlist_file_parse(&byte, ((size_t)64 << 20) + 1, &file, error), TRUSTLIST_STATUS_TOO_LARGE,
          "data: 67108865 bytes, expected at most 67108864");
    CHECK(trustlist_file_parse(&byte, SIZE_MAX, &file, error) == TRUSTLIST_STATUS_TOO_LARGE);
    buffer list = long_list();
    CHECK(trustlist_file_parse(list.data, list.length, &file, error) == TRUSTLIST_STATUS_TOO_LARGE);
    CHECK(file == NULL && strstr(text_of(error).data, "expected at most 4194304") != NULL);
    free(list.data);
    trustlist_error_free(error);
}

/* No answer without a file, and none without a place for it. */
static void files_at_null(const trustlist_file *file) {
    NO_NUMBER(trustlist_kind, trustlist_file_kind(NULL, &number), TRUSTLIST_STATUS_NULL);
    NO_BYTES(trustlist_file_bytes(NULL, &bytes), TRUSTLIST_STATUS_NULL);
    NO_BYTES(trustlist_file_payload(NULL, &bytes), TRUSTLIST_STATUS_NULL);
    NO_NUMBER(uint32_t, trustlist_file_record_count(NULL, &number), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_header_version(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_NUMBER(size_t, trustlist_header_length(NULL, &number), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_header_signer(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_header_issuer(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_header_serial(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_header_digest(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_header_file_name(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_NUMBER(int64_t, trustlist_header_timestamp(NULL, &number), TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_file_kind(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_file_bytes(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_file_payload(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_file_record_count(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_header_version(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_header_length(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_header_signer(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_header_issuer(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_header_serial(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_header_digest(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_header_file_name(file, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_header_timestamp(file, NULL) == TRUSTLIST_STATUS_NULL);
}

static void kind_is(const char *name, trustlist_kind wanted) {
    trustlist_file *file = parsed(name);
    trustlist_kind kind = TRUSTLIST_KIND_NONE;
    OK(trustlist_file_kind(file, &kind));
    CHECK(kind == wanted);
    trustlist_file_free(file);
}

static void signed_file(void) {
    buffer whole = load("cluster/before/SEP001122334455.cnf.xml.sgn");
    trustlist_file *file = parsed("cluster/before/SEP001122334455.cnf.xml.sgn");
    uint32_t count = 7;
    size_t length = 0;
    trustlist_bytes payload;
    OK(trustlist_file_record_count(file, &count));
    OK(trustlist_header_length(file, &length));
    OK(trustlist_file_payload(file, &payload));
    CHECK(count == 0 && payload.length == whole.length - length);
    CHECK(memcmp(payload.data, whole.data + length, payload.length) == 0);
    free(whole.data);
    trustlist_file_free(file);
}

/* The smallest header: no signer name, no file name, no timestamp. */
static void bare_header(void) {
    const uint8_t bytes[] = {1, 0, 2, 1, 2, 2, 0, 2, 0, 28, 5, 0, 1, 7, 6, 0, 3, 'a', 0x1b, 0, 8, 0, 1, 1, 12, 0, 0, 13};
    trustlist_file *file = NULL;
    OK(trustlist_file_parse(bytes, sizeof bytes, &file, NULL));
    NO_TEXT(trustlist_header_signer(file, &text), TRUSTLIST_STATUS_ABSENT);
    NO_TEXT(trustlist_header_file_name(file, &text), TRUSTLIST_STATUS_ABSENT);
    NO_NUMBER(int64_t, trustlist_header_timestamp(file, &number), TRUSTLIST_STATUS_ABSENT);
    /* What comes from a file can be printed. */
    TEXT(trustlist_header_issuer(file, &text), "a\\u{1b}");
    trustlist_file_free(file);
}

void test_files(void) {
    parse_fails();
    trustlist_file *file = parsed("cluster/before/ITLFile.tlv");
    files_at_null(file);
    buffer whole = load("cluster/before/ITLFile.tlv");
    trustlist_bytes bytes;
    OK(trustlist_file_bytes(file, &bytes));
    CHECK(bytes.length == whole.length && memcmp(bytes.data, whole.data, bytes.length) == 0);
    free(whole.data);
    uint32_t count = 0;
    size_t length = 0, offset = 0, size = 0;
    int64_t seconds = 0;
    OK(trustlist_file_record_count(file, &count));
    OK(trustlist_header_length(file, &length));
    OK(trustlist_record_range(file, 1, &offset, &size));
    OK(trustlist_header_timestamp(file, &seconds));
    CHECK(count == 7 && length == offset && seconds > 1700000000);
    TEXT(trustlist_header_version(file, &text), "1.2");
    const char *signer = "CN=ccm1.voice.example;OU=Voice;O=Example;L=Utrecht;ST=Utrecht;C=NL";
    TEXT(trustlist_header_signer(file, &text), signer);
    TEXT(trustlist_header_issuer(file, &text), signer);
    TEXT(trustlist_header_digest(file, &text), "sha1");
    TEXT(trustlist_header_file_name(file, &text), "ITLFile.tlv");
    trustlist_text serial;
    OK(trustlist_header_serial(file, &serial));
    CHECK(serial.length > 8 && strspn(serial.data, "0123456789abcdef") == serial.length);
    NO_BYTES(trustlist_file_payload(file, &bytes), TRUSTLIST_STATUS_ABSENT);
    trustlist_file_free(file);
    trustlist_file_free(NULL);
    kind_is("cluster/before/ITLFile.tlv", TRUSTLIST_KIND_ITL);
    kind_is("mixed/before/CTLFile.tlv", TRUSTLIST_KIND_CTL);
    kind_is("cluster/before/SEP001122334455.cnf.xml.sgn", TRUSTLIST_KIND_SIGNED_FILE);
    signed_file();
    bare_header();
}
