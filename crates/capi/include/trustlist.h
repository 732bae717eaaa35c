/*
 * trustlist: will Cisco IP phones still trust the CUCM cluster after this certificate change?
 *
 * OWNERSHIP. A handle (trustlist_error, trustlist_file, trustlist_verification, trustlist_question, trustlist_prediction)
 * is yours from the call that gives it until its own ..._free, which takes NULL too. Free each once. What you pass in is
 * copied if it is needed after the call: you may free your bytes at once.
 *
 * LIFETIME OF ANSWERS. Texts and bytes that come out belong to the handle that you asked: read them until you free it, do
 * not free them. Those of an error are good until you give it to the next call. Handles do not depend on each other: a
 * prediction stays when its question is freed.
 *
 * LENGTHS. An input has its length, and needs no NUL at its end. A text that comes out has its length, and ends with a
 * NUL; it has no other NUL, as control characters from files are written out (\u{1b}).
 *
 * NULL. Every function accepts NULL everywhere and answers TRUSTLIST_STATUS_NULL if it needs a value. Only the error, which
 * says more than the status, may be left out. Bytes at NULL are an error even if their length is 0: a file that could not
 * be read must not count as an empty one.
 *
 * ANSWERS. A call that can fail gives a status, and writes its answer through a pointer. Something is always written there:
 * without an answer, an empty text, 0, NULL or the ..._NONE of the enum, which never means yes. Each pointer of a
 * call points to a place of its own.
 *
 * RECORDS are counted from 1, as show itl and every message count them: for (r = 1; r <= count; r++).
 *
 * PANICS do not leave this library: they become TRUSTLIST_STATUS_PANIC. That is a bug: free the handle, and report it.
 *
 * THREADS. There is no global and no thread-local state. A handle may go from one thread to another. A file, a
 * verification and a prediction may be read by several at once; an error and a question belong to one at a time.
 *
 * NUMBERS of the enums are stable: some may be added, none is changed. Have a default in every switch.
 */


#ifndef TRUSTLIST_H
#define TRUSTLIST_H

/* Made from crates/capi/src by cbindgen: .ci/header --update. Do not edit. */

#include <stddef.h>
#include <stdint.h>

/* The version of this header; trustlist_version() is that of the library. */
#define TRUSTLIST_VERSION_MAJOR 0
#define TRUSTLIST_VERSION_MINOR 1
#define TRUSTLIST_VERSION_PATCH 0


/**
 * The status of a call. The numbers are stable.
 */
typedef enum {
  /**
   * There is an answer.
   */
  TRUSTLIST_STATUS_OK = 0,
  /**
   * A pointer is NULL that must not be.
   */
  TRUSTLIST_STATUS_NULL = 1,
  /**
   * A value is not one of those that are possible, contradicts another one, or was given before.
   */
  TRUSTLIST_STATUS_ARGUMENT = 2,
  /**
   * The bytes are no trust list or signed file, or it is broken: the error has the byte offset.
   */
  TRUSTLIST_STATUS_PARSE = 3,
  /**
   * A text is no output of `show itl` or `show ctl`.
   */
  TRUSTLIST_STATUS_PASTE = 4,
  /**
   * The bytes are no certificate.
   */
  TRUSTLIST_STATUS_CERTIFICATE = 5,
  /**
   * The JSON is no case: the error's text names the JSON path.
   */
  TRUSTLIST_STATUS_CASE = 6,
  /**
   * More bytes than are read.
   */
  TRUSTLIST_STATUS_TOO_LARGE = 7,
  /**
   * The file does not have what was asked for.
   */
  TRUSTLIST_STATUS_ABSENT = 8,
  /**
   * There is no record of this number: records count from 1.
   */
  TRUSTLIST_STATUS_RANGE = 9,
  /**
   * A bug in this library, stopped here.
   */
  TRUSTLIST_STATUS_PANIC = 10,
} trustlist_status;

/**
 * The kind of a file.
 */
typedef enum {
  /**
   * No answer.
   */
  TRUSTLIST_KIND_NONE = 0,
  /**
   * An ITL, by the name inside the file.
   */
  TRUSTLIST_KIND_ITL = 1,
  /**
   * A CTL, by the name inside the file.
   */
  TRUSTLIST_KIND_CTL = 2,
  /**
   * A trust list whose name says neither.
   */
  TRUSTLIST_KIND_LIST = 3,
  /**
   * A signed file: a configuration (`.sgn`), a `.sha512`, firmware.
   */
  TRUSTLIST_KIND_SIGNED_FILE = 4,
} trustlist_kind;

/**
 * The result in one word.
 */
typedef enum {
  /**
   * No answer. Never reads as valid.
   */
  TRUSTLIST_SIGNATURE_NONE = 0,
  /**
   * It is.
   */
  TRUSTLIST_SIGNATURE_VALID = 1,
  /**
   * It is not.
   */
  TRUSTLIST_SIGNATURE_INVALID = 2,
  /**
   * It cannot be checked; the reason says why. Never counts as valid.
   */
  TRUSTLIST_SIGNATURE_NOT_VERIFIABLE = 3,
} trustlist_signature;

/**
 * The answer in one word: that of the worst of the judged files.
 */
typedef enum {
  /**
   * No answer. Never reads as fine.
   */
  TRUSTLIST_VERDICT_NONE = 0,
  /**
   * No file is refused, and nothing is open.
   */
  TRUSTLIST_VERDICT_FINE = 1,
  /**
   * A file is refused.
   */
  TRUSTLIST_VERDICT_REFUSED = 2,
  /**
   * No file is refused, but an answer depends on what is not known.
   */
  TRUSTLIST_VERDICT_UNDECIDED = 3,
} trustlist_verdict;

/**
 * The outcome for one offered file.
 */
typedef enum {
  /**
   * No answer. Never reads as a yes.
   */
  TRUSTLIST_OUTCOME_NONE = 0,
  /**
   * The phone accepts it.
   */
  TRUSTLIST_OUTCOME_ACCEPT = 1,
  /**
   * The phone accepts it without a trusted signer, once (a first list).
   */
  TRUSTLIST_OUTCOME_INSTALL_FIRST = 2,
  /**
   * The bytes already installed.
   */
  TRUSTLIST_OUTCOME_UNCHANGED = 3,
  /**
   * The phone refuses it and keeps what it has.
   */
  TRUSTLIST_OUTCOME_REJECT = 4,
  /**
   * A fact is missing, or the sources disagree: the conditions say on what it depends.
   */
  TRUSTLIST_OUTCOME_DEPENDS = 5,
  /**
   * The server has no such file.
   */
  TRUSTLIST_OUTCOME_NOT_OFFERED = 6,
  /**
   * The device never asks for it.
   */
  TRUSTLIST_OUTCOME_NOT_APPLICABLE = 7,
} trustlist_outcome;

/**
 * The three files of a boot, in the phone's order.
 */
typedef enum {
  /**
   * The CTL.
   */
  TRUSTLIST_JUDGED_CTL = 1,
  /**
   * The ITL.
   */
  TRUSTLIST_JUDGED_ITL = 2,
  /**
   * The signed configuration.
   */
  TRUSTLIST_JUDGED_CONFIG = 3,
} trustlist_judged;

/**
 * Why the last call failed that this handle was given to. One handle serves any number of calls.
 */
typedef struct trustlist_error trustlist_error;

/**
 * A trust list or a signed file, with a copy of its bytes. It does not change once it is there.
 */
typedef struct trustlist_file trustlist_file;

/**
 * An answer. It does not depend on the question, nor does it change.
 */
typedef struct trustlist_prediction trustlist_prediction;

/**
 * A question that is put together call by call, then answered by `trustlist_predict`, as often as one likes.
 *
 * Each call says what the option of the same name of `trustlist predict` says, and what is not said stays unknown: an answer
 * that needs it is `TRUSTLIST_OUTCOME_DEPENDS`. A call that fails says nothing. What can be said once is refused when it is
 * said again.
 */
typedef struct trustlist_question trustlist_question;

/**
 * The result of the check of a signature. It does not need the file any more, and does not change.
 */
typedef struct trustlist_verification trustlist_verification;

/**
 * Text in UTF-8. Belongs to the handle that gave it.
 */
typedef struct {
  /**
   * Its first byte. Never NULL; the byte after the last one is NUL, and no other.
   */
  const char *data;
  /**
   * Its length in bytes, the NUL left out.
   */
  size_t length;
} trustlist_text;

/**
 * Bytes. Belong to the handle that gave them.
 */
typedef struct {
  /**
   * The first one. Never NULL.
   */
  const uint8_t *data;
  /**
   * How many there are.
   */
  size_t length;
} trustlist_bytes;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library, such as `0.1.0`, with a NUL at its end. Never NULL.
 */
const char *trustlist_version(void);

/**
 * An error that was given to no call yet; free it with `trustlist_error_free`. NULL only where this library is broken.
 */
trustlist_error *trustlist_error_new(void);

/**
 * Frees an error. NULL is fine.
 */
void trustlist_error_free(trustlist_error *error);

/**
 * The status of the last call that the error was given to; `TRUSTLIST_STATUS_NULL` for NULL.
 */
trustlist_status trustlist_error_status(const trustlist_error *error);

/**
 * One line: what, where, what was expected. Empty after a call that gave an answer. Good until the error is given to the
 * next call or freed.
 */
trustlist_status trustlist_error_text(const trustlist_error *error,
                                      trustlist_text *text);

/**
 * The byte of the input at which a `TRUSTLIST_STATUS_PARSE` was found; `TRUSTLIST_STATUS_ABSENT` for other errors.
 */
trustlist_status trustlist_error_offset(const trustlist_error *error, size_t *offset);

/**
 * The number of the broken record after a `TRUSTLIST_STATUS_PARSE`, from 1; `TRUSTLIST_STATUS_ABSENT` for the header and
 * other errors.
 */
trustlist_status trustlist_error_record(const trustlist_error *error,
                                        uint32_t *record);

/**
 * Reads a trust list or a signed file, every record included, and copies its bytes. Free the file with
 * `trustlist_file_free`.
 *
 * Errors: `TRUSTLIST_STATUS_PARSE` with the byte offset if it is another format, or broken;
 * `TRUSTLIST_STATUS_TOO_LARGE` above 64 MiB, for a trust list above 4 MiB. A wrong signature is not an error here: ask
 * `trustlist_verify_list`.
 */
trustlist_status trustlist_file_parse(const uint8_t * data,
                                      size_t length,
                                      trustlist_file **file,
                                      trustlist_error *error);

/**
 * Frees a file, and with it every text and byte that it gave. NULL is fine.
 */
void trustlist_file_free(trustlist_file *file);

/**
 * Gives the kind: an ITL, a CTL, another trust list or a signed file.
 */
trustlist_status trustlist_file_kind(const trustlist_file *file, trustlist_kind *kind);

/**
 * The whole file. Offsets count from its first byte.
 */
trustlist_status trustlist_file_bytes(const trustlist_file *file, trustlist_bytes *bytes);

/**
 * Gives the content of a signed file: the bytes after the header. `TRUSTLIST_STATUS_ABSENT` for a list.
 */
trustlist_status trustlist_file_payload(const trustlist_file *file, trustlist_bytes *bytes);

/**
 * Gives the number of records of a list; 0 for a signed file.
 */
trustlist_status trustlist_file_record_count(const trustlist_file *file, uint32_t *count);

/**
 * The version of the format: `1.2`.
 */
trustlist_status trustlist_header_version(const trustlist_file *file, trustlist_text *text);

/**
 * Bytes of the header: where the first record or the payload starts.
 */
trustlist_status trustlist_header_length(const trustlist_file *file, size_t *length);

/**
 * The subject of who claims to have signed the file. `TRUSTLIST_STATUS_ABSENT` where the header has none.
 */
trustlist_status trustlist_header_signer(const trustlist_file *file, trustlist_text *text);

/**
 * The issuer of the signer's certificate. Issuer and serial number are what phones look the signer up by.
 */
trustlist_status trustlist_header_issuer(const trustlist_file *file, trustlist_text *text);

/**
 * The serial number of the signer's certificate, as written in the file: lower-case hex.
 */
trustlist_status trustlist_header_serial(const trustlist_file *file, trustlist_text *text);

/**
 * The digest of the signature: `sha1`, `sha256`, `sha512`, or `digest-N` for a number without a name.
 */
trustlist_status trustlist_header_digest(const trustlist_file *file, trustlist_text *text);

/**
 * The file name inside the header. Never a path to write to. `TRUSTLIST_STATUS_ABSENT` if there is none.
 */
trustlist_status trustlist_header_file_name(const trustlist_file *file, trustlist_text *text);

/**
 * When the file was made, in seconds since 1970 UTC. `TRUSTLIST_STATUS_ABSENT` where the header does not say.
 */
trustlist_status trustlist_header_timestamp(const trustlist_file *file, int64_t *seconds);

/**
 * The number of the role: 0 SAST, 1 CCM, 2 CCM+TFTP, 3 TFTP, 4 CAPF, 5 SRST, 7 APP-SERVER, 21 TVS, or another.
 */
trustlist_status trustlist_record_role(const trustlist_file *file, uint32_t record, uint16_t *role);

/**
 * The word of the role: `SAST`, `CCM+TFTP`, …, or `role-N` for a number without a name.
 */
trustlist_status trustlist_record_role_word(const trustlist_file *file, uint32_t record, trustlist_text *text);

/**
 * The host name in the record. `TRUSTLIST_STATUS_ABSENT` if there is none, or an empty one.
 */
trustlist_status trustlist_record_server(const trustlist_file *file, uint32_t record, trustlist_text *text);

/**
 * The IPv4 or IPv6 address in the record. `TRUSTLIST_STATUS_ABSENT` if there is none.
 */
trustlist_status trustlist_record_address(const trustlist_file *file, uint32_t record, trustlist_text *text);

/**
 * The subject of the certificate, as the record writes it. `TRUSTLIST_STATUS_ABSENT` if there is none.
 */
trustlist_status trustlist_record_subject(const trustlist_file *file, uint32_t record, trustlist_text *text);

/**
 * The issuer of the certificate, as the record writes it. `TRUSTLIST_STATUS_ABSENT` if there is none.
 */
trustlist_status trustlist_record_issuer(const trustlist_file *file, uint32_t record, trustlist_text *text);

/**
 * The serial number of the certificate, as written in the record: lower-case hex. `TRUSTLIST_STATUS_ABSENT` if there
 * is none.
 */
trustlist_status trustlist_record_serial(const trustlist_file *file, uint32_t record, trustlist_text *text);

/**
 * The certificate in DER, as written in the record: it may be damaged. `TRUSTLIST_STATUS_ABSENT` if the record has only a
 * hash of it, or nothing.
 */
trustlist_status trustlist_record_certificate(const trustlist_file *file,
                                              uint32_t record,
                                              trustlist_bytes *bytes);

/**
 * First and last second of the certificate's validity, since 1970 UTC. `TRUSTLIST_STATUS_ABSENT` if there is no
 * certificate, or a damaged one.
 */
trustlist_status trustlist_record_validity(const trustlist_file *file,
                                           uint32_t record,
                                           int64_t *not_before,
                                           int64_t *not_after);

/**
 * Gives the place of the record in the file: its first byte, and the number of bytes.
 */
trustlist_status trustlist_record_range(const trustlist_file *file, uint32_t record, size_t *offset, size_t *length);

/**
 * The value of a tag of the record, as written in the file: 2 DNS name, 3 subject, 4 role, 5 issuer, 6 serial number,
 * 7 public key, 8 signature of the certificate, 9 certificate, 10 address, 11 hash of the certificate, 12 its algorithm.
 * `TRUSTLIST_STATUS_ABSENT` if there is none, and for tags without a name.
 */
trustlist_status trustlist_record_tag(const trustlist_file *file,
                                      uint32_t record,
                                      uint8_t tag,
                                      trustlist_bytes *bytes);

/**
 * Checks a list against its own signer record: whether it is whole, and signed by the one that it names. Whether a phone
 * trusts that one is another question: see `trustlist_predict`. Free the verification with `trustlist_verification_free`.
 *
 * Errors: `TRUSTLIST_STATUS_ARGUMENT` for a signed file, which does not carry its signer's key.
 */
trustlist_status trustlist_verify_list(const trustlist_file *file,
                                       trustlist_verification **verification,
                                       trustlist_error *error);

/**
 * Checks a signed file against the records of a list.
 *
 * Errors: `TRUSTLIST_STATUS_ARGUMENT` where `file` is no signed file, or `list` no trust list.
 */
trustlist_status trustlist_verify_with_list(const trustlist_file *file,
                                            const trustlist_file *with,
                                            trustlist_verification **verification,
                                            trustlist_error *error);

/**
 * Checks a signed file against a certificate in PEM or DER, the first one of a bundle.
 *
 * Errors: `TRUSTLIST_STATUS_ARGUMENT` if `file` is not a signed file; `TRUSTLIST_STATUS_CERTIFICATE` if there is no
 * certificate.
 */
trustlist_status trustlist_verify_with_certificate(const trustlist_file *file,
                                                   const uint8_t * certificate,
                                                   size_t length,
                                                   trustlist_verification **verification,
                                                   trustlist_error *error);

/**
 * Frees a verification. NULL is fine.
 */
void trustlist_verification_free(trustlist_verification *verification);

/**
 * Gives the result in one word.
 */
trustlist_status trustlist_verification_outcome(const trustlist_verification *verification,
                                                trustlist_signature *outcome);

/**
 * Why a signature is wrong or cannot be checked. `TRUSTLIST_STATUS_ABSENT` for one that is valid.
 */
trustlist_status trustlist_verification_reason(const trustlist_verification *verification, trustlist_text *text);

/**
 * The record of the list whose key was used, from 1. `TRUSTLIST_STATUS_ABSENT` where no record was.
 */
trustlist_status trustlist_verification_signer(const trustlist_verification *verification, uint32_t *record);

/**
 * Makes a question without any fact; free it with `trustlist_question_free`. NULL only after a bug in this
 * library.
 */
trustlist_question *trustlist_question_new(void);

/**
 * Frees a question. NULL is fine.
 */
void trustlist_question_free(trustlist_question *question);

/**
 * The ITL on the phone: the file, or the output of `show itl`. If only one installed list is given, the phone does not have
 * the other one.
 *
 * Errors of this and of the other calls that take a list: `TRUSTLIST_STATUS_PARSE`, `TRUSTLIST_STATUS_PASTE`,
 * `TRUSTLIST_STATUS_TOO_LARGE` above 4 MiB, `TRUSTLIST_STATUS_ARGUMENT` if it was given before or contradicts.
 */
trustlist_status trustlist_question_set_installed_itl(trustlist_question *question,
                                                      const uint8_t * data,
                                                      size_t length,
                                                      trustlist_error *error);

/**
 * The CTL on the phone: the file, or the output of `show ctl`.
 */
trustlist_status trustlist_question_set_installed_ctl(trustlist_question *question,
                                                      const uint8_t * data,
                                                      size_t length,
                                                      trustlist_error *error);

/**
 * The phone holds neither list. Without this and without an installed list nothing is known of what it holds, and every
 * outcome is `TRUSTLIST_OUTCOME_DEPENDS`.
 */
trustlist_status trustlist_question_set_factory_fresh(trustlist_question *question, trustlist_error *error);

/**
 * The ITL that the TFTP server offers: the file, or the output of `show itl`. Zero bytes are an empty file on the server;
 * without this call the server has no such file.
 */
trustlist_status trustlist_question_set_offered_itl(trustlist_question *question,
                                                    const uint8_t * data,
                                                    size_t length,
                                                    trustlist_error *error);

/**
 * The CTL that the TFTP server offers, as `trustlist_question_set_offered_itl`.
 */
trustlist_status trustlist_question_set_offered_ctl(trustlist_question *question,
                                                    const uint8_t * data,
                                                    size_t length,
                                                    trustlist_error *error);

/**
 * The signed configuration (`.sgn`) that the TFTP server offers. Zero bytes are an empty file on the server; without this
 * call no configuration is judged.
 */
trustlist_status trustlist_question_set_offered_config(trustlist_question *question,
                                                       const uint8_t * data,
                                                       size_t length,
                                                       trustlist_error *error);

/**
 * The TFTP server has no signed configuration.
 */
trustlist_status trustlist_question_set_no_config(trustlist_question *question, trustlist_error *error);

/**
 * Name or address of the phone's TFTP server, which the records of a CTL are compared with.
 */
trustlist_status trustlist_question_set_tftp_server(trustlist_question *question,
                                                    const char * server,
                                                    size_t length,
                                                    trustlist_error *error);

/**
 * The minimum TLS version of the cluster (`show tls min-version`), which its TVS servers follow: `1.0`, `1.1`, `1.2` or `1.3`.
 */
trustlist_status trustlist_question_set_tls_minimum(trustlist_question *question,
                                                    const char * version,
                                                    size_t length,
                                                    trustlist_error *error);

/**
 * The date of the judgement, in UTC: `2026-01-31` or `2026-01-31T02:00:00Z`. With it expired certificates are reported;
 * they are never decisive.
 */
trustlist_status trustlist_question_set_at(trustlist_question *question,
                                           const char * date,
                                           size_t length,
                                           trustlist_error *error);

/**
 * The phone's model: `7975`, `CP-7975G`, `Cisco 7975`.
 */
trustlist_status trustlist_question_set_model(trustlist_question *question,
                                              const char * model,
                                              size_t length,
                                              trustlist_error *error);

/**
 * Whether the device has Security By Default: 1 yes, 0 no; any other number is an error.
 */
trustlist_status trustlist_question_set_security_by_default(trustlist_question *question,
                                                            int32_t yes,
                                                            trustlist_error *error);

/**
 * The signature digests that the device can check: `sha1`, `sha256`, `sha512`, with commas between them.
 */
trustlist_status trustlist_question_set_digests(trustlist_question *question,
                                                const char * digests,
                                                size_t length,
                                                trustlist_error *error);

/**
 * Longest key of a signer that the device takes, in bits.
 */
trustlist_status trustlist_question_set_max_key_bits(trustlist_question *question,
                                                     uint32_t bits,
                                                     trustlist_error *error);

/**
 * The phone runs in FIPS mode.
 */
trustlist_status trustlist_question_set_fips(trustlist_question *question, trustlist_error *error);

/**
 * The phone's CallManager group in order, with commas between the servers: `ccm1,ccm2`. These are its TVS servers too.
 */
trustlist_status trustlist_question_set_cm_group(trustlist_question *question,
                                                 const char * servers,
                                                 size_t length,
                                                 trustlist_error *error);

/**
 * No TVS server answers. Nothing else can then be said about TVS.
 */
trustlist_status trustlist_question_set_tvs_none(trustlist_question *question, trustlist_error *error);

/**
 * A TVS server that answers, and the certificate in PEM or DER that it presents on port 2445. Each server once. As soon as
 * one is named, a server of the CallManager group that is not does not answer.
 */
trustlist_status trustlist_question_add_tvs_server(trustlist_question *question,
                                                   const char * server,
                                                   size_t server_length,
                                                   const uint8_t * certificate,
                                                   size_t certificate_length,
                                                   trustlist_error *error);

/**
 * A TVS server that does not answer. Each server once.
 */
trustlist_status trustlist_question_add_tvs_down(trustlist_question *question,
                                                 const char * server,
                                                 size_t length,
                                                 trustlist_error *error);

/**
 * Gives what one TVS server knows: a list (the file or its paste), with roles; or certificates in DER or PEM, with unknown
 * roles. Several calls add up.
 */
trustlist_status trustlist_question_add_tvs_knows(trustlist_question *question,
                                                  const char * server,
                                                  size_t server_length,
                                                  const uint8_t * data,
                                                  size_t data_length,
                                                  trustlist_error *error);

/**
 * Gives what every TVS server knows, as `trustlist_question_add_tvs_knows`.
 */
trustlist_status trustlist_question_add_all_tvs_know(trustlist_question *question,
                                                     const uint8_t * data,
                                                     size_t length,
                                                     trustlist_error *error);

/**
 * A certificate in PEM or DER that TVS vouched for during the last 24 hours: the phone remembers. Several calls add up.
 */
trustlist_status trustlist_question_add_tvs_cached(trustlist_question *question,
                                                   const uint8_t * certificate,
                                                   size_t length,
                                                   trustlist_error *error);

/**
 * Answers a question. Free the prediction with `trustlist_prediction_free`. A file that the phone refuses is an answer, not
 * an error.
 */
trustlist_status trustlist_predict(const trustlist_question *question,
                                   trustlist_prediction **prediction,
                                   trustlist_error *error);

/**
 * Answers a question in symbols: a JSON document `trustlist.predict/1`. Free the prediction with
 * `trustlist_prediction_free`.
 *
 * Errors: `TRUSTLIST_STATUS_CASE` with the JSON path if it cannot be read; `TRUSTLIST_STATUS_ARGUMENT` if it is not
 * UTF-8; `TRUSTLIST_STATUS_TOO_LARGE` above 64 MiB.
 */
trustlist_status trustlist_predict_case(const char * json,
                                        size_t length,
                                        trustlist_prediction **prediction,
                                        trustlist_error *error);

/**
 * Frees a prediction, and with it every text that it gave. NULL is fine.
 */
void trustlist_prediction_free(trustlist_prediction *prediction);

/**
 * The answer in one word: accepted, refused or undecided.
 */
trustlist_status trustlist_prediction_verdict(const trustlist_prediction *prediction, trustlist_verdict *verdict);

/**
 * Gives the outcome for a file: `file` is one of the numbers `TRUSTLIST_JUDGED_…`. `TRUSTLIST_STATUS_ABSENT` for a
 * configuration that was not judged.
 */
trustlist_status trustlist_prediction_outcome(const trustlist_prediction *prediction,
                                              uint32_t file,
                                              trustlist_outcome *outcome);

/**
 * The same as a word: `accept`, `install-first`, `unchanged`, `reject`, `depends`, `not-offered`, `not-applicable`.
 */
trustlist_status trustlist_prediction_outcome_word(const trustlist_prediction *prediction,
                                                   uint32_t file,
                                                   trustlist_text *text);

/**
 * Gives the likelier outcome of a `TRUSTLIST_OUTCOME_DEPENDS`: `TRUSTLIST_OUTCOME_ACCEPT` or `TRUSTLIST_OUTCOME_REJECT`.
 * `TRUSTLIST_STATUS_ABSENT` if there is none, and for other outcomes.
 */
trustlist_status trustlist_prediction_leans(const trustlist_prediction *prediction,
                                            uint32_t file,
                                            trustlist_outcome *outcome);

/**
 * The code of the finding or condition that decided, such as `signer-unknown`: `trustlist explain CODE` has a page for each.
 * `TRUSTLIST_STATUS_ABSENT` if no decision was needed.
 */
trustlist_status trustlist_prediction_decisive(const trustlist_prediction *prediction,
                                               uint32_t file,
                                               trustlist_text *text);

/**
 * The whole answer as a JSON document `trustlist.prediction/1`: the bytes that `trustlist predict --json` prints. Each
 * assumption names the option of the command line that would give the fact; `--installed-itl` is
 * `trustlist_question_set_installed_itl`, and so on.
 */
trustlist_status trustlist_prediction_json(const trustlist_prediction *prediction, trustlist_text *text);

/**
 * The short answer for a person, as `trustlist predict` prints it but without names of options: several lines, with the
 * assumptions.
 */
trustlist_status trustlist_prediction_text(const trustlist_prediction *prediction, trustlist_text *text);

/**
 * The long answer for a person, as `trustlist predict --explain` prints it but without names of options: each step of the
 * phone with its rule, and what to do.
 */
trustlist_status trustlist_prediction_explained(const trustlist_prediction *prediction,
                                                trustlist_text *text);

/**
 * Likely mistakes in the question, one line each: an ITL given as the CTL, an offered list that is older than the
 * installed one, and so on. Empty if there are none. The answer is given in any case.
 */
trustlist_status trustlist_prediction_notes(const trustlist_prediction *prediction, trustlist_text *text);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* TRUSTLIST_H */
