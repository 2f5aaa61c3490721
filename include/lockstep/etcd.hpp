#pragma once
// For locks on etcd: etcd::Client and etcd::Session with its lease, and etcd::entry(), which brings
// the simulated cluster and reads the line of a lock's keys.

#include "backends/etcd/client.hpp"
#include "backends/etcd/locks/entry.hpp"
#include "backends/etcd/locks/mutex.hpp"
#include "backends/etcd/session.hpp"
#include "lockstep/lock.hpp"
