// The logic of a failsafe actuator, for an ESP32 or anything else with a C++11 compiler. No library, no heap.
// It is the same as crates/domain/src/leases/{device,command,report}.rs; a test plays the same scenarios to both.
//
// The main loop calls tick() at least once a second and sets the relay to its answer; everything else is called as it
// happens. `now` is milliseconds since power-on (esp_timer_get_time() / 1000), never the time of day from a network.
// Hard limits are constants of the program: no message sets them, so a broken network does not break the heater.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace failsafe {
enum class Load { heat, light, power };
struct Limits { Load load; int above, back_at, frost; int64_t daily_ms; };  // tenths of a degree Celsius
struct Command { uint32_t id; bool on; int64_t seconds; bool has_target; int target; };

constexpr int64_t LONGEST = 900000, BLIND = 300000, DAY = 86400000;  // 15 min, 5 min, 24 h
constexpr int COLDEST = -400, WARMEST = 600;  // outside, a sensor is broken: DS18B20 says -127 without its wire, 85 at power-on
constexpr int FROST_BAND = 20;
constexpr size_t MOST_BYTES = 128;

// A flat JSON object of `on`, `seconds`, `target` and `id`. Anything else is no command.
class Reader {
  const char *at, *end;
  char skip() { while (at < end && strchr(" \t\r\n", *at) && *at) ++at; return at < end ? *at : 0; }
  bool take(char c) { if (skip() != c) return false; ++at; return true; }
  size_t letters() { size_t n = 0; while (at + n < end && at[n] >= 'a' && at[n] <= 'z') ++n; return n; }
  bool number(int64_t &value) {
    skip();
    bool negative = at < end && *at == '-';
    if (negative) ++at;
    const char *from = at;
    for (value = 0; at < end && *at >= '0' && *at <= '9' && at - from <= 9; ++at) value = value * 10 + (*at - '0');
    if (at == from || at - from > 9 || (*from == '0' && at - from > 1)) return false;
    if (negative) value = -value;
    return true;
  }
 public:
  Reader(const char *bytes, size_t length) : at(bytes), end(bytes + length) {}
  bool read(Command &command) {
    if (static_cast<size_t>(end - at) > MOST_BYTES || !take('{')) return false;
    int64_t number_of[3] = {0, 0, 0};
    bool on = false, seen[4] = {false, false, false, false};
    do {
      if (!take('"')) return false;
      size_t n = letters();
      const char *names[4] = {"id", "seconds", "target", "on"};
      int which = 0;
      while (which < 4 && (strlen(names[which]) != n || strncmp(names[which], at, n) != 0)) ++which;
      at += n;
      if (which == 4 || seen[which] || at == end || *at++ != '"' || !take(':')) return false;
      seen[which] = true;
      if (which < 3) {
        if (!number(number_of[which])) return false;
      } else {
        skip();
        n = letters();
        on = n == 4 && strncmp(at, "true", 4) == 0;
        if (!on && !(n == 5 && strncmp(at, "false", 5) == 0)) return false;
        at += n;
      }
    } while (take(','));
    if (!take('}') || skip() || at != end || !seen[3] || !seen[1] || number_of[0] < 0 || number_of[1] < 0) return false;
    command = {static_cast<uint32_t>(number_of[0]), on, number_of[1], seen[2], static_cast<int>(number_of[2])};
    return true;
  }
};

class Device {
  Limits limits;
  uint32_t id = 0;
  bool wanted = false, has_target = false, has_lease = false, connected = false, has_reading = false;
  bool tripped = false, freezing = false, was_on = false;
  int target = 0, reading = 0;
  int64_t until = 0, read_at = 0, day = 0, used = 0, ticked = 0;

  bool lease(int64_t now) const { return has_lease && connected && now < until; }
  bool sees(int64_t now) const { return has_reading && now - read_at <= BLIND; }
  bool may_heat(int64_t now) const { return !tripped && sees(now) && reading <= limits.above; }
  bool commanded(int64_t now) const {
    if (!wanted || !lease(now) || used >= limits.daily_ms) return false;
    return limits.load != Load::heat || (has_target && reading < target && may_heat(now));
  }
 public:
  explicit Device(Limits limits) : limits(limits) {}

  // Bytes that came on the topic `…/lease`.
  void message(const char *bytes, size_t length, int64_t now) {
    Command command;
    if (!Reader(bytes, length).read(command)) return;
    int64_t lasts = command.seconds * 1000;
    id = command.id, wanted = command.on, has_target = command.has_target, target = command.target;
    has_lease = true, until = now + (lasts < LONGEST ? lasts : LONGEST);
  }
  // The connection to the broker came or went. Without it, no lease runs; afterwards it waits for the next command.
  void connection(bool is_up) { connected = is_up; if (!is_up) has_lease = false; }
  // The sensor of this device read tenths of a degree. Never from a message.
  void temperature(int read, int64_t now) {
    if (read < COLDEST || read > WARMEST) return;
    has_reading = true, reading = read, read_at = now;
    if (read > limits.above) tripped = true; else if (read <= limits.back_at) tripped = false;
    if (read < limits.frost) freezing = true; else if (read >= limits.frost + FROST_BAND) freezing = false;
  }
  // Whether the relay is to be on.
  bool tick(int64_t now) {
    if (was_on) used += now - ticked;
    if (now - day >= DAY) day = now, used = 0;
    ticked = now, was_on = commanded(now);
    return is_on(now);
  }
  bool is_on(int64_t now) const { return commanded(now) || (limits.load == Load::heat && freezing && may_heat(now)); }
  // What to publish on `…/state`: at every change, and every 30 s.
  int state(int64_t now, char *into, size_t size) const {
    const char *loads[] = {"heat", "light", "power"};
    char seen[16] = "null";
    if (sees(now)) snprintf(seen, sizeof seen, "%s%d.%d", reading < 0 ? "-" : "", abs_of(reading) / 10, abs_of(reading) % 10);
    return snprintf(into, size,
      "{\"id\":%u,\"on\":%s,\"left\":%lld,\"temperature\":%s,\"tripped\":%s,\"frost\":%s,\"used\":%lld,\"limits\":{\"load\":\"%s\","
      "\"above\":%d,\"back\":%d,\"frost\":%d,\"lease\":%lld,\"day\":%lld}}",
      static_cast<unsigned>(id), text(is_on(now)), static_cast<long long>(lease(now) ? (until - now) / 1000 : 0), seen, text(tripped),
      text(freezing), static_cast<long long>(used / 1000), loads[static_cast<int>(limits.load)], limits.above, limits.back_at,
      limits.frost, static_cast<long long>(LONGEST / 1000), static_cast<long long>(limits.daily_ms / 1000));
  }
 private:
  static int abs_of(int value) { return value < 0 ? -value : value; }
  static const char *text(bool value) { return value ? "true" : "false"; }
};
}  // namespace failsafe
