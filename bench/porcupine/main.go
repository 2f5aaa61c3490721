// Judges the histories of a folder with Porcupine (github.com/anishathalye/porcupine), and tells
// what lockstep_checker_bench tells of the same files: see bench/porcupine.sh.
package main

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"syscall"

	"github.com/anishathalye/porcupine"
)

// Seconds of the processor, the collector's included.
func now() float64 {
	var spent syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &spent)
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + 1e-6*float64(t.Usec) }
	return seconds(spent.Utime) + seconds(spent.Stime)
}

// The best of up to three, unless it takes long.
func judge(model porcupine.Model, operations []porcupine.Operation) (string, float64) {
	best, verdict := 1e9, ""
	for i := 0; i < 3; i++ {
		begin := now()
		verdict = "violated"
		if porcupine.CheckOperations(model, operations) {
			verdict = "holds"
		}
		if took := now() - begin; took < best {
			best = took
		}
		if best > 2 {
			break
		}
	}
	return verdict, best
}

type lockInput struct {
	owner   int
	acquire bool
}

// The owner, or -1: free.
var lock = porcupine.Model{
	Init: func() interface{} { return -1 },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		asked := input.(lockInput)
		if asked.acquire {
			return state.(int) == -1, asked.owner
		}
		return state.(int) == asked.owner, -1
	},
	Hash: func(state interface{}) uint64 { return uint64(state.(int)) },
}

// What lockstep_checker_bench OPERATIONS CLIENTS 0 valid writes: owner, acquire, call, return.
func readLock(text string) (operations []porcupine.Operation) {
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var owner, acquire int
		var call, ret int64
		fmt.Sscan(line, &owner, &acquire, &call, &ret)
		if ret == -1 {
			continue // acquires that still wait in the end, and need not happen
		}
		operations = append(operations, porcupine.Operation{
			ClientId: owner, Input: lockInput{owner, acquire == 1}, Call: call, Return: ret})
	}
	return operations
}

type event struct {
	process, kind, f, key, value string
}

var logLine = regexp.MustCompile(`jepsen.util - (\d+)\s+:(\w+)\s+:(\w+)\s+(.*)$`)
var kvLine = regexp.MustCompile(
	`:process (\d+), :type :(\w+), :f :(\w+), :key "(.*)", :value (?:"(.*)"|nil)`)

func readEvents(text string, line *regexp.Regexp) (events []event) {
	for _, each := range strings.Split(text, "\n") {
		found := line.FindStringSubmatch(each)
		switch {
		case found == nil:
		case line == logLine:
			events = append(events, event{found[1], found[2], found[3], "", strings.TrimSpace(found[4])})
		default:
			events = append(events, event{found[1], found[2], found[3], found[4], found[5]})
		}
	}
	return events
}

type input struct {
	f, key string
	a, b   string
}
type output struct {
	value  string
	known  bool
	failed bool
}

// What failed did not happen, but for a cas that failed because the value was another. Nobody knows
// when what ended in info happened, if at all: at the end it does no harm.
func operationsOf(events []event) (operations []porcupine.Operation) {
	open := map[string]int{}
	dropped := map[int]bool{}
	end := int64(len(events))
	for place, each := range events {
		if each.kind == "invoke" {
			asked := input{f: each.f, key: each.key, a: each.value}
			if parts := strings.Fields(strings.Trim(each.value, "[]")); each.f == "cas" {
				asked.a, asked.b = parts[0], parts[1]
			}
			open[each.process] = len(operations)
			operations = append(operations, porcupine.Operation{
				Input: asked, Output: output{}, Call: int64(place), Return: end})
			continue
		}
		i, begun := open[each.process]
		if !begun {
			continue
		}
		delete(open, each.process)
		compared := each.kind == "fail" && each.f == "cas"
		dropped[i] = each.kind == "fail" && !compared
		if each.kind == "ok" || compared {
			operations[i].Return = int64(place)
			operations[i].Output = output{each.value, true, compared}
		}
	}
	kept := operations[:0]
	for i, each := range operations {
		if !dropped[i] {
			kept = append(kept, each)
		}
	}
	return kept
}

var register = porcupine.Model{
	Init: func() interface{} { return "nil" },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		asked, answered := in.(input), out.(output)
		switch asked.f {
		case "read":
			return !answered.known || answered.value == state, state
		case "write":
			return true, asked.a
		}
		fits := asked.a == state
		if fits {
			state = asked.b
		}
		return !answered.known || fits != answered.failed, state
	},
	Hash: func(state interface{}) uint64 { return hash(state.(string)) },
}

func hash(text string) uint64 {
	sum := fnv.New64a()
	sum.Write([]byte(text))
	return sum.Sum64()
}

// A map of texts as one object; by key, of one key each.
func maps(partitioned bool) porcupine.Model {
	model := porcupine.Model{
		Init: func() interface{} { return map[string]string{} },
		Step: func(state, in, out interface{}) (bool, interface{}) {
			texts, asked := state.(map[string]string), in.(input)
			if asked.f == "get" {
				return !out.(output).known || texts[asked.key] == out.(output).value, texts
			}
			after := map[string]string{}
			for key, text := range texts {
				after[key] = text
			}
			if asked.f == "put" {
				after[asked.key] = ""
			}
			after[asked.key] += asked.a
			return true, after
		},
		Hash: func(state interface{}) uint64 {
			sum := uint64(0)
			for key, text := range state.(map[string]string) {
				sum ^= hash(key + "=" + text)
			}
			return sum
		},
		Equal: func(one, other interface{}) bool {
			a, b := one.(map[string]string), other.(map[string]string)
			if len(a) != len(b) {
				return false
			}
			for key, text := range a {
				if b[key] != text {
					return false
				}
			}
			return true
		},
	}
	if partitioned {
		model.Init = func() interface{} { return "" }
		model.Equal = nil
		model.Hash = func(state interface{}) uint64 { return hash(state.(string)) }
		model.Step = func(state, in, out interface{}) (bool, interface{}) {
			text, asked := state.(string), in.(input)
			switch asked.f {
			case "get":
				return !out.(output).known || text == out.(output).value, text
			case "put":
				return true, asked.a
			}
			return true, text + asked.a
		}
		model.Partition = func(history []porcupine.Operation) (parts [][]porcupine.Operation) {
			places := map[string]int{}
			for _, each := range history {
				key := each.Input.(input).key
				if _, known := places[key]; !known {
					places[key] = len(parts)
					parts = append(parts, nil)
				}
				parts[places[key]] = append(parts[places[key]], each)
			}
			return parts
		}
	}
	return model
}

func main() {
	var files []string
	filepath.Walk(os.Args[1], func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			files = append(files, path)
		}
		return nil
	})
	sort.Strings(files)
	logs, count, violated := 0.0, 0, 0
	for _, file := range files {
		name := filepath.Base(file)
		bytes, _ := os.ReadFile(file)
		text := string(bytes)
		switch {
		case strings.HasSuffix(name, ".log"):
			if len(text) == 0 {
				continue
			}
			verdict, took := judge(register, operationsOf(readEvents(text, logLine)))
			logs += took
			count++
			if verdict == "violated" {
				violated++
			}
		case strings.HasPrefix(name, "lock-"):
			verdict, took := judge(lock, readLock(text))
			fmt.Printf("%s: %s %.5f s\n", name, verdict, took)
		case strings.HasPrefix(name, "c") && strings.HasSuffix(name, ".txt"):
			operations := operationsOf(readEvents(text, kvLine))
			verdict, took := judge(maps(true), operations)
			fmt.Printf("%s: %s %.5f s\n", name, verdict, took)
			if strings.HasPrefix(name, "c10") {
				verdict, took = judge(maps(false), operations)
				fmt.Printf("%s as one object: %s %.5f s\n", name, verdict, took)
			}
		}
	}
	fmt.Printf("%d logs of etcd: %d-violated %.5f s\n", count, violated, logs)
}
