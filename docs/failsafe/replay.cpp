// Plays a scenario to a device and prints its state after every line, so that a test can compare it with the Rust device.
// A line: milliseconds, then `c` and a message, `u` and 0 or 1 for the connection, `r` and a reading in tenths, or `t`.
// Arguments: load, above, back_at, frost, seconds a day.
#include <cstdlib>
#include <iostream>
#include <string>

#include "failsafe.hpp"

int main(int count, char **arguments) {
  if (count != 6) return 2;
  const std::string load = arguments[1];
  const failsafe::Load kind = load == "heat" ? failsafe::Load::heat : load == "light" ? failsafe::Load::light : failsafe::Load::power;
  failsafe::Device device({kind, atoi(arguments[2]), atoi(arguments[3]), atoi(arguments[4]), atoll(arguments[5]) * 1000});
  std::string line;
  while (std::getline(std::cin, line)) {
    const size_t space = line.find(' ');
    const int64_t now = atoll(line.c_str());
    const char kind_of_line = line.at(space + 1);
    const std::string rest = line.size() > space + 3 ? line.substr(space + 3) : "";
    if (kind_of_line == 'c') device.message(rest.data(), rest.size(), now);
    if (kind_of_line == 'u') device.connection(rest == "1");
    if (kind_of_line == 'r') device.temperature(atoi(rest.c_str()), now);
    const bool relay = device.tick(now);
    char state[400];
    device.state(now, state, sizeof state);
    std::cout << relay << ' ' << state << '\n';
  }
}
