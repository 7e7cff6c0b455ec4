package workflows

// KindsOfCases are the workflow types that have a table.
func KindsOfCases() (kinds []string) {
	for _, each := range tables {
		kinds = append(kinds, each.workflow)
	}
	return kinds
}
