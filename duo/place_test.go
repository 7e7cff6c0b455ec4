package duo

import "testing"

func TestPlaceName(t *testing.T) {
	for name, want := range map[string]string{
		"":                       "",
		"AMERSFOORT":             "Amersfoort",
		"Alphen Aan Den Rijn":    "Alphen Aan Den Rijn", // as it came
		"ALPHEN AAN DEN RIJN":    "Alphen aan den Rijn",
		"CAPELLE AAN DEN IJSSEL": "Capelle aan den IJssel",
		"'S-GRAVENHAGE":          "'s-Gravenhage",
		"'T HARDE":               "'t Harde",
		"DE BILT":                "De Bilt",
		"DEN HAAG":               "Den Haag",
		"NOORD-SCHARWOUDE":       "Noord-Scharwoude",
		"OUDERKERK A/D AMSTEL":   "Ouderkerk a/d Amstel",
		"SÚDERDORP":              "Súderdorp",
		"ÉÉN - DORP":             "Één - Dorp",
	} {
		if got := placeName(name); got != want {
			t.Errorf("placeName(%q) = %q, want %q", name, got, want)
		}
	}
}
