// Reading JSON in tests: what is not there throws, which doctest reports.

#pragma once

#include <stdexcept>

#include "base/json.h"

namespace assay {

inline const Json& at(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (value == nullptr) throw std::runtime_error("no key " + std::string(key));
  return *value;
}

inline const Json::Array& list_at(const Json& json, std::string_view key) {
  const Json::Array* array = at(json, key).array();
  if (array == nullptr || array->empty()) throw std::runtime_error("no list");
  return *array;
}

inline const Json::Object& object(const Json& json) {
  const Json::Object* members = json.object();
  if (members == nullptr) throw std::runtime_error("no object");
  return *members;
}

}  // namespace assay
