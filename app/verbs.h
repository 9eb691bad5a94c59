// What the program can be told to do; one file each. They return the exit code.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "settings.h"

namespace tasuki::app {

struct Arguments {
  std::filesystem::path settings;  // --settings FILE
  std::vector<std::string_view> rest;
};

int serve(const Arguments& arguments);
int convert(
    const Arguments& arguments);  // [FILE] [--organisation N] [--kind OML-11] [--charset NAME]
int validate(const Arguments& arguments);  // [--profile URL] [--package N#V] [--json] FILE...
int package(const Arguments& arguments);   // add FILE.tgz | list | remove N#V | compare N A B
int map(const Arguments& arguments);       // check | try FILE | diff OLD NEW SAMPLES
int replay(const Arguments& arguments);    // [--feed ID] [--reason TEXT]
int feed(const Arguments& arguments);      // propose FOLDER | list | show ID ...
int path(const Arguments& arguments);      // EXPR [FILE] [--strict] [--trace]
int ssmix2(const Arguments& arguments);    // index ROOT | diff BEFORE AFTER | export FOLDER
int masters(const Arguments& arguments);   // load FILE... | list | impact FILE [--version V]

// Prints what an Error says, both languages as it has them, and gives the exit code.
int complain(const Error& error);

// With program folders filled in.
Result<Settings> settings_of(const Arguments& arguments);

}  // namespace tasuki::app
