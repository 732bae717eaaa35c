/* What the tests of the C interface share. */
#ifndef CHECK_H
#define CHECK_H

#include "trustlist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t *data;
    size_t length;
} buffer;

/* Counts, and tells what does not hold. */
void check(int holds, const char *what, const char *file, int line);
/* A text is the wanted one, and has its NUL where its length says. */
void check_text(trustlist_text text, const char *wanted, const char *file, int line);
/* A file of testdata in exactly as much memory as it needs, so that a byte read too many is found. */
buffer load(const char *name);
buffer copy_of(const void *data, size_t length);
trustlist_file *parsed(const char *name);
trustlist_text text_of(trustlist_error *error);

#define CHECK(condition) check((condition) ? 1 : 0, #condition, __FILE__, __LINE__)
#define OK(call) CHECK((call) == TRUSTLIST_STATUS_OK)
/* The call, which writes to `text`, gives this text. */
#define TEXT(call, wanted)                                                                                             \
    do {                                                                                                               \
        trustlist_text text = {NULL, 99};                                                                              \
        OK(call);                                                                                                      \
        check_text(text, wanted, __FILE__, __LINE__);                                                                  \
    } while (0)
/* The call, which writes to `text`, gives none, and this status. */
#define NO_TEXT(call, wanted)                                                                                          \
    do {                                                                                                               \
        trustlist_text text = {NULL, 99};                                                                              \
        CHECK((call) == (wanted));                                                                                     \
        check_text(text, "", __FILE__, __LINE__);                                                                      \
    } while (0)
/* The same for a call that writes to `bytes`. */
#define NO_BYTES(call, wanted)                                                                                         \
    do {                                                                                                               \
        trustlist_bytes bytes = {NULL, 99};                                                                            \
        CHECK((call) == (wanted));                                                                                     \
        CHECK(bytes.data != NULL && bytes.length == 0);                                                                \
    } while (0)
/* The same for a call that writes to `number`, of this type. */
#define NO_NUMBER(type, call, wanted)                                                                                  \
    do {                                                                                                               \
        type number = 99;                                                                                              \
        CHECK((call) == (wanted));                                                                                     \
        CHECK(number == 0);                                                                                            \
    } while (0)
/* The call, which was given `error`, fails so, and says so. */
#define FAILS(call, wanted, wanted_text)                                                                               \
    do {                                                                                                               \
        CHECK((call) == (wanted));                                                                                     \
        CHECK(trustlist_error_status(error) == (wanted));                                                              \
        check_text(text_of(error), wanted_text, __FILE__, __LINE__);                                                   \
    } while (0)

void test_numbers(void);
void test_errors(void);
void test_files(void);
void test_records(void);
void test_verification(void);
void test_questions(void);
void test_tvs(void);
void test_predictions(void);
void test_cases(void);
void test_threads(void);
int ask(int count, char **arguments);

#endif
