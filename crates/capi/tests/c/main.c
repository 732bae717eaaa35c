/* The tests of the C interface: `main TESTDATA`. With `main ask …` a prediction by the options of `trustlist predict`, with
 * `main leak` and `main overrun` mistakes that the sanitizers must find: else they are not at work. */
#include "check.h"

static const char *testdata;
static long checks, failures;

void check(int holds, const char *what, const char *file, int line) {
    checks++;
    if (!holds) {
        failures++;
        fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    }
}

void check_text(trustlist_text text, const char *wanted, const char *file, int line) {
    check(text.data != NULL && text.data[text.length] == '\0' && strlen(text.data) == text.length, "NUL behind the text",
          file, line);
    int same = text.data != NULL && strcmp(text.data, wanted) == 0;
    check(same, wanted, file, line);
    if (!same) fprintf(stderr, "  found: %s\n", text.data == NULL ? "NULL" : text.data);
}

buffer copy_of(const void *data, size_t length) {
    buffer copy = {malloc(length == 0 ? 1 : length), length};
    if (copy.data == NULL) abort();
    memcpy(copy.data, data, length);
    return copy;
}

buffer load(const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", testdata, name);
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

trustlist_file *parsed(const char *name) {
    buffer bytes = load(name);
    trustlist_file *file = NULL;
    OK(trustlist_file_parse(bytes.data, bytes.length, &file, NULL));
    /* The file has its own copy. */
    free(bytes.data);
    return file;
}

trustlist_text text_of(trustlist_error *error) {
    trustlist_text text;
    OK(trustlist_error_text(error, &text));
    return text;
}

/* Handles that nobody frees. */
static void leak(void) {
    for (int handle = 0; handle < 8; handle++) trustlist_error_new();
}

/* A length that is not that of the bytes. */
static void overrun(void) {
    buffer byte = copy_of("a", 1);
    trustlist_question *question = trustlist_question_new();
    trustlist_question_set_model(question, (const char *)byte.data, 64, NULL);
    trustlist_question_free(question);
    free(byte.data);
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "leak") == 0) return leak(), 0;
    if (count == 2 && strcmp(arguments[1], "overrun") == 0) return overrun(), 0;
    if (count > 1 && strcmp(arguments[1], "ask") == 0) return ask(count - 2, arguments + 2);
    if (count != 2) {
        fprintf(stderr, "expected the folder testdata\n");
        return 2;
    }
    testdata = arguments[1];
    test_numbers();
    test_errors();
    test_files();
    test_records();
    test_verification();
    test_questions();
    test_tvs();
    test_predictions();
    test_cases();
    test_threads();
    printf("trustlist %s from C: %ld checks, %ld failures\n", trustlist_version(), checks, failures);
    return failures == 0 ? 0 : 1;
}
