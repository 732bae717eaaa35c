// The question of docs/embedding.md in C++: the header declares its functions with the names of C.
#include <trustlist.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>

static std::string contents(const char *path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

static const uint8_t *bytes(const std::string &text) { return reinterpret_cast<const uint8_t *>(text.data()); }

int main(int count, char **names) {
    if (count != 4) return 2;
    const std::string installed = contents(names[1]), offered = contents(names[2]), model = names[3];
    std::unique_ptr<trustlist_question, decltype(&trustlist_question_free)> question(trustlist_question_new(), trustlist_question_free);
    if (trustlist_question_set_installed_itl(question.get(), bytes(installed), installed.size(), nullptr) != TRUSTLIST_STATUS_OK) return 2;
    if (trustlist_question_set_offered_itl(question.get(), bytes(offered), offered.size(), nullptr) != TRUSTLIST_STATUS_OK) return 2;
    if (trustlist_question_set_model(question.get(), model.data(), model.size(), nullptr) != TRUSTLIST_STATUS_OK) return 2;
    trustlist_prediction *made = nullptr;
    if (trustlist_predict(question.get(), &made, nullptr) != TRUSTLIST_STATUS_OK) return 2;
    std::unique_ptr<trustlist_prediction, decltype(&trustlist_prediction_free)> answer(made, trustlist_prediction_free);
    trustlist_text text = {};
    trustlist_prediction_text(answer.get(), &text);
    std::cout << std::string(reinterpret_cast<const char *>(text.data), text.length);
    return 0;
}
