/* The records of a list. */
#include "check.h"

static void records_at_null(const trustlist_file *file) {
    NO_NUMBER(uint16_t, trustlist_record_role(NULL, 1, &number), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_record_role_word(NULL, 1, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_record_server(NULL, 1, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_record_address(NULL, 1, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_record_subject(NULL, 1, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_record_issuer(NULL, 1, &text), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_record_serial(NULL, 1, &text), TRUSTLIST_STATUS_NULL);
    NO_BYTES(trustlist_record_certificate(NULL, 1, &bytes), TRUSTLIST_STATUS_NULL);
    NO_BYTES(trustlist_record_tag(NULL, 1, 9, &bytes), TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_record_role(file, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_record_role_word(file, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_record_server(file, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_record_address(file, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_record_subject(file, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_record_issuer(file, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_record_serial(file, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_record_certificate(file, 1, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_record_tag(file, 1, 9, NULL) == TRUSTLIST_STATUS_NULL);
    /* Two answers: both or neither. */
    size_t offset = 99, length = 99;
    CHECK(trustlist_record_range(NULL, 1, &offset, &length) == TRUSTLIST_STATUS_NULL && offset == 0 && length == 0);
    offset = length = 99;
    CHECK(trustlist_record_range(file, 1, &offset, NULL) == TRUSTLIST_STATUS_NULL && offset == 0);
    CHECK(trustlist_record_range(file, 1, NULL, &length) == TRUSTLIST_STATUS_NULL && length == 0);
    int64_t before = 99, after = 99;
    CHECK(trustlist_record_validity(NULL, 1, &before, &after) == TRUSTLIST_STATUS_NULL && before == 0 && after == 0);
    before = after = 99;
    CHECK(trustlist_record_validity(file, 1, &before, NULL) == TRUSTLIST_STATUS_NULL && before == 0);
    CHECK(trustlist_record_validity(file, 1, NULL, &after) == TRUSTLIST_STATUS_NULL && after == 0);
}

/* Records count from 1. */
static void out_of_range(const trustlist_file *file, uint32_t record) {
    NO_NUMBER(uint16_t, trustlist_record_role(file, record, &number), TRUSTLIST_STATUS_RANGE);
    NO_TEXT(trustlist_record_role_word(file, record, &text), TRUSTLIST_STATUS_RANGE);
    NO_TEXT(trustlist_record_server(file, record, &text), TRUSTLIST_STATUS_RANGE);
    NO_TEXT(trustlist_record_address(file, record, &text), TRUSTLIST_STATUS_RANGE);
    NO_TEXT(trustlist_record_subject(file, record, &text), TRUSTLIST_STATUS_RANGE);
    NO_TEXT(trustlist_record_issuer(file, record, &text), TRUSTLIST_STATUS_RANGE);
    NO_TEXT(trustlist_record_serial(file, record, &text), TRUSTLIST_STATUS_RANGE);
    NO_BYTES(trustlist_record_certificate(file, record, &bytes), TRUSTLIST_STATUS_RANGE);
    NO_BYTES(trustlist_record_tag(file, record, 9, &bytes), TRUSTLIST_STATUS_RANGE);
    size_t offset = 99, length = 99;
    CHECK(trustlist_record_range(file, record, &offset, &length) == TRUSTLIST_STATUS_RANGE && offset == 0 && length == 0);
    int64_t before = 99, after = 99;
    CHECK(trustlist_record_validity(file, record, &before, &after) == TRUSTLIST_STATUS_RANGE && before == 0 && after == 0);
}

/* A record in each form of its certificate: see testdata/README.md. */
static void every_form(void) {
    trustlist_file *file = parsed("forms/every-form.tlv");
    uint32_t count = 0, with = 0, without = 0, hashes = 0, emptied = 0, addresses = 0, nameless = 0;
    OK(trustlist_file_record_count(file, &count));
    for (uint32_t record = 1; record <= count; record++) {
        trustlist_bytes bytes;
        trustlist_text text;
        int64_t before, after;
        int has = trustlist_record_certificate(file, record, &bytes) == TRUSTLIST_STATUS_OK;
        with += has;
        CHECK(trustlist_record_validity(file, record, &before, &after) == (has ? TRUSTLIST_STATUS_OK : TRUSTLIST_STATUS_ABSENT));
        CHECK(has ? before < after : before == 0 && after == 0);
        hashes += trustlist_record_tag(file, record, 11, &bytes) == TRUSTLIST_STATUS_OK;
        trustlist_status subject = trustlist_record_subject(file, record, &text);
        emptied += subject == TRUSTLIST_STATUS_ABSENT;
        CHECK(trustlist_record_issuer(file, record, &text) == subject);
        CHECK(trustlist_record_serial(file, record, &text) == subject);
        addresses += trustlist_record_address(file, record, &text) == TRUSTLIST_STATUS_OK && strchr(text.data, ':') != NULL;
        without += trustlist_record_server(file, record, &text) == TRUSTLIST_STATUS_ABSENT;
        OK(trustlist_record_role_word(file, record, &text));
        nameless += strncmp(text.data, "role-", 5) == 0;
    }
    CHECK(count > 4 && with > 0 && hashes > 0 && emptied > 0 && addresses > 0 && nameless > 0 && without < count);
    trustlist_file_free(file);
}

/* A record with nothing but its role. */
static void bare_record(void) {
    const uint8_t bytes[] = {1, 0, 2, 1, 2,  2, 0,  2, 0, 26, 5, 0, 1, 7, 6,  0, 1, 0, 8, 0,
                             1, 1, 12, 0, 0, 13, 1, 0, 2, 0,  10, 4, 0, 2, 0, 77};
    trustlist_file *file = NULL;
    OK(trustlist_file_parse(bytes, sizeof bytes, &file, NULL));
    trustlist_kind kind = TRUSTLIST_KIND_NONE;
    OK(trustlist_file_kind(file, &kind));
    CHECK(kind == TRUSTLIST_KIND_LIST);
    TEXT(trustlist_record_role_word(file, 1, &text), "role-77");
    NO_TEXT(trustlist_record_server(file, 1, &text), TRUSTLIST_STATUS_ABSENT);
    NO_TEXT(trustlist_record_address(file, 1, &text), TRUSTLIST_STATUS_ABSENT);
    NO_TEXT(trustlist_record_subject(file, 1, &text), TRUSTLIST_STATUS_ABSENT);
    NO_TEXT(trustlist_record_issuer(file, 1, &text), TRUSTLIST_STATUS_ABSENT);
    NO_TEXT(trustlist_record_serial(file, 1, &text), TRUSTLIST_STATUS_ABSENT);
    NO_BYTES(trustlist_record_certificate(file, 1, &bytes), TRUSTLIST_STATUS_ABSENT);
    for (unsigned tag = 0; tag < 256; tag++) {
        trustlist_bytes value;
        int there = tag == 1 || tag == 4;
        CHECK(trustlist_record_tag(file, 1, (uint8_t)tag, &value) == (there ? TRUSTLIST_STATUS_OK : TRUSTLIST_STATUS_ABSENT));
        CHECK(value.data != NULL && value.length == (there ? 2 : 0));
    }
    trustlist_file_free(file);
}

void test_records(void) {
    trustlist_file *file = parsed("mixed/before/CTLFile.tlv");
    records_at_null(file);
    uint32_t count = 0;
    OK(trustlist_file_record_count(file, &count));
    out_of_range(file, 0);
    out_of_range(file, count + 1);
    out_of_range(file, UINT32_MAX);
    uint16_t role = 99;
    OK(trustlist_record_role(file, 1, &role));
    CHECK(role == 0);
    const char *signer = "CN=ccm1.voice.example;OU=Voice;O=Example;L=Utrecht;ST=Utrecht;C=NL";
    TEXT(trustlist_record_role_word(file, 1, &text), "SAST");
    TEXT(trustlist_record_subject(file, 1, &text), signer);
    TEXT(trustlist_record_issuer(file, 1, &text), signer);
    TEXT(trustlist_record_server(file, 1, &text), "ccm1");
    trustlist_text own, named;
    OK(trustlist_record_serial(file, 1, &own));
    OK(trustlist_header_serial(file, &named));
    CHECK(strcmp(own.data, named.data) == 0);
    /* Records follow one another to the end of the file, and what they give lies inside them. */
    size_t next = 0, offset = 0, length = 0;
    trustlist_bytes whole, certificate, tag;
    OK(trustlist_file_bytes(file, &whole));
    OK(trustlist_header_length(file, &next));
    for (uint32_t record = 1; record <= count; record++) {
        OK(trustlist_record_range(file, record, &offset, &length));
        CHECK(offset == next);
        next = offset + length;
        OK(trustlist_record_certificate(file, record, &certificate));
        OK(trustlist_record_tag(file, record, 9, &tag));
        CHECK(certificate.data == tag.data && certificate.length == tag.length && certificate.data[0] == 0x30);
        CHECK(certificate.data > whole.data + offset && certificate.data + certificate.length <= whole.data + next);
    }
    CHECK(next == whole.length);
    trustlist_file_free(file);
    every_form();
    bare_record();
}
