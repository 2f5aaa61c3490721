#pragma once
// For locks on Redis: redis::Client and redis::Subscriber, and redis::entry(), which brings the
// simulated server with replicas and Sentinels, its parameters, and what a change of the key
// "lock:<name>" means. redis::PollingLock is a lock that tries again until its patience ends.

#include "backends/redis/client.hpp"
#include "backends/redis/locks/entry.hpp"
#include "backends/redis/locks/polling.hpp"
#include "backends/redis/locks/validity.hpp"
#include "lockstep/lock.hpp"
