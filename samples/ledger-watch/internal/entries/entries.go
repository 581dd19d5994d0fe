// Package entries reads ledger lines of the form "id;cents;note".
package entries

import (
	"fmt"
	"strconv"
	"strings"
)

// Entry is one line of the ledger; Cents is negative for money that leaves.
type Entry struct {
	ID    string
	Cents int64
	Note  string
}

// Parse reads one line.
func Parse(line string) (Entry, error) {
	parts := strings.SplitN(line, ";", 3)
	if len(parts) != 3 {
		return Entry{}, fmt.Errorf("%q has %d fields, want 3", line, len(parts))
	}
	cents, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return Entry{}, fmt.Errorf("amount of %s: %w", parts[0], err)
	}
	return Entry{ID: parts[0], Cents: cents, Note: parts[2]}, nil
}

// Unusual reports whether somebody should look at the entry.
func (e Entry) Unusual() bool {
	return e.Cents > 1_000_000 || e.Cents < -1_000_000 || e.Note == ""
}

// Question is what the model is asked about the entry.
func (e Entry) Question() string {
	return fmt.Sprintf("In one sentence: why may entry %s over %.2f euros (%q) be unusual?", e.ID, float64(e.Cents)/100, e.Note)
}
