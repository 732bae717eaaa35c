/* Signatures. */
#include "check.h"

static void outcome_is(trustlist_verification *verification, trustlist_signature wanted, const char *reason) {
    trustlist_signature outcome = TRUSTLIST_SIGNATURE_NONE;
    OK(trustlist_verification_outcome(verification, &outcome));
    CHECK(outcome == wanted);
    if (reason == NULL) {
        NO_TEXT(trustlist_verification_reason(verification, &text), TRUSTLIST_STATUS_ABSENT);
    } else {
        TEXT(trustlist_verification_reason(verification, &text), reason);
    }
    trustlist_verification_free(verification);
}

static void list_is(const char *name, trustlist_signature wanted, const char *reason) {
    trustlist_file *file = parsed(name);
    trustlist_verification *verification = NULL;
    OK(trustlist_verify_list(file, &verification, NULL));
    /* Does not depend on the file. */
    trustlist_file_free(file);
    outcome_is(verification, wanted, reason);
}

static void with_list(const char *name, const char *list_name, trustlist_signature wanted, const char *reason) {
    trustlist_file *file = parsed(name), *list = parsed(list_name);
    trustlist_verification *verification = NULL;
    OK(trustlist_verify_with_list(file, list, &verification, NULL));
    outcome_is(verification, wanted, reason);
    trustlist_file_free(file);
    trustlist_file_free(list);
}

static void with_certificate(const char *name, buffer der, trustlist_signature wanted, const char *reason) {
    trustlist_file *file = parsed(name);
    trustlist_verification *verification = NULL;
    OK(trustlist_verify_with_certificate(file, der.data, der.length, &verification, NULL));
    free(der.data);
    outcome_is(verification, wanted, reason);
    trustlist_file_free(file);
}

static void certificate_fails(const trustlist_file *config, buffer bytes, const char *why) {
    trustlist_error *error = trustlist_error_new();
    trustlist_verification *verification = NULL;
    FAILS(trustlist_verify_with_certificate(config, bytes.data, bytes.length, &verification, error),
          TRUSTLIST_STATUS_CERTIFICATE, why);
    CHECK(verification == NULL);
    free(bytes.data);
    trustlist_error_free(error);
}

static void verify_fails(void) {
    trustlist_error *error = trustlist_error_new();
    trustlist_file *list = parsed("cluster/before/ITLFile.tlv");
    trustlist_file *config = parsed("cluster/before/SEP001122334455.cnf.xml.sgn");
    trustlist_verification *none = (trustlist_verification *)error;
    const uint8_t byte = 0;
    FAILS(trustlist_verify_list(NULL, &none, error), TRUSTLIST_STATUS_NULL, "file is NULL");
    CHECK(none == NULL);
    FAILS(trustlist_verify_list(list, NULL, error), TRUSTLIST_STATUS_NULL, "the place for the answer is NULL");
    FAILS(trustlist_verify_list(config, &none, error), TRUSTLIST_STATUS_ARGUMENT,
          "file: a signed file, expected a trust list");
    FAILS(trustlist_verify_with_list(NULL, list, &none, error), TRUSTLIST_STATUS_NULL, "file is NULL");
    FAILS(trustlist_verify_with_list(config, NULL, &none, error), TRUSTLIST_STATUS_NULL, "with is NULL");
    FAILS(trustlist_verify_with_list(config, list, NULL, error), TRUSTLIST_STATUS_NULL, "the place for the answer is NULL");
    FAILS(trustlist_verify_with_list(list, list, &none, error), TRUSTLIST_STATUS_ARGUMENT,
          "file: a trust list, expected a signed file");
    FAILS(trustlist_verify_with_list(config, config, &none, error), TRUSTLIST_STATUS_ARGUMENT,
          "with: a signed file, expected a trust list");
    FAILS(trustlist_verify_with_certificate(NULL, &byte, 1, &none, error), TRUSTLIST_STATUS_NULL, "file is NULL");
    FAILS(trustlist_verify_with_certificate(config, NULL, 0, &none, error), TRUSTLIST_STATUS_NULL, "certificate is NULL");
    FAILS(trustlist_verify_with_certificate(config, &byte, 1, NULL, error), TRUSTLIST_STATUS_NULL,
          "the place for the answer is NULL");
    FAILS(trustlist_verify_with_certificate(list, &byte, 1, &none, error), TRUSTLIST_STATUS_ARGUMENT,
          "file: a trust list, expected a signed file");
    CHECK(trustlist_verify_with_certificate(config, &byte, SIZE_MAX, &none, error) == TRUSTLIST_STATUS_TOO_LARGE);
    certificate_fails(config, copy_of("-----BEGIN RSA KEY-----\nAAAA\n-----END RSA KEY-----\n", 51),
                      "expected a certificate, found PEM of a RSA KEY");
    certificate_fails(config, copy_of("", 0),
                      "expected a certificate in PEM or DER: certificate, certificate at byte 0x0000: cut off");
    trustlist_file_free(list);
    trustlist_file_free(config);
    trustlist_error_free(error);
}

static void verification_at_null(void) {
    NO_NUMBER(trustlist_signature, trustlist_verification_outcome(NULL, &number), TRUSTLIST_STATUS_NULL);
    NO_TEXT(trustlist_verification_reason(NULL, &text), TRUSTLIST_STATUS_NULL);
    NO_NUMBER(uint32_t, trustlist_verification_signer(NULL, &number), TRUSTLIST_STATUS_NULL);
    trustlist_file *file = parsed("cluster/before/ITLFile.tlv");
    trustlist_verification *verification = NULL;
    OK(trustlist_verify_list(file, &verification, NULL));
    CHECK(trustlist_verification_outcome(verification, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_verification_reason(verification, NULL) == TRUSTLIST_STATUS_NULL);
    CHECK(trustlist_verification_signer(verification, NULL) == TRUSTLIST_STATUS_NULL);
    uint32_t signer = 0;
    OK(trustlist_verification_signer(verification, &signer));
    trustlist_text word;
    OK(trustlist_record_role_word(file, signer, &word));
    CHECK(strcmp(word.data, "SAST") == 0);
    trustlist_verification_free(verification);
    trustlist_verification_free(NULL);
    trustlist_file_free(file);
}

void test_verification(void) {
    verify_fails();
    verification_at_null();
    const char *mismatch = "the hash does not match the signer's key", *config = "cluster/before/SEP001122334455.cnf.xml.sgn";
    list_is("cluster/before/ITLFile.tlv", TRUSTLIST_SIGNATURE_VALID, NULL);
    list_is("digests/sha512/CTLFile.tlv", TRUSTLIST_SIGNATURE_VALID, NULL);
    list_is("bad/flipped-signature.tlv", TRUSTLIST_SIGNATURE_INVALID, mismatch);
    list_is("bad/flipped-record.tlv", TRUSTLIST_SIGNATURE_INVALID, mismatch);
    with_list(config, "cluster/before/ITLFile.tlv", TRUSTLIST_SIGNATURE_VALID, NULL);
    with_list("bad/forged-signer.cnf.xml.sgn", "cluster/before/ITLFile.tlv", TRUSTLIST_SIGNATURE_INVALID, mismatch);
    with_list(config, "cluster/after-both/ITLFile.tlv", TRUSTLIST_SIGNATURE_NOT_VERIFIABLE, "the signer is not in the list");
    with_list("bad/firmware-like.loads", "cluster/before/ITLFile.tlv", TRUSTLIST_SIGNATURE_NOT_VERIFIABLE,
              "firmware, whose key is inside the phones");
    with_certificate(config, load("certs/ccm1-callmanager-1.pem"), TRUSTLIST_SIGNATURE_VALID, NULL);
    with_certificate(config, load("certs/ccm1-callmanager-2.pem"), TRUSTLIST_SIGNATURE_NOT_VERIFIABLE,
                     "the header names another signer than the certificate given");
    /* In DER, out of a list. */
    trustlist_file *list = parsed("mixed/before/CTLFile.tlv");
    trustlist_bytes der;
    OK(trustlist_record_certificate(list, 1, &der));
    with_certificate(config, copy_of(der.data, der.length), TRUSTLIST_SIGNATURE_VALID, NULL);
    trustlist_file_free(list);
    /* Where no record was used there is none to name. */
    trustlist_file *file = parsed(config);
    buffer pem = load("certs/ccm1-callmanager-1.pem");
    trustlist_verification *verification = NULL;
    OK(trustlist_verify_with_certificate(file, pem.data, pem.length, &verification, NULL));
    NO_NUMBER(uint32_t, trustlist_verification_signer(verification, &number), TRUSTLIST_STATUS_ABSENT);
    trustlist_verification_free(verification);
    free(pem.data);
    trustlist_file_free(file);
}
