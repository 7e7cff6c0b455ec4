package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// textView is a page of fixed text.
type textView struct {
	Key string
}

// showText shows the page of that name; its texts have the name before theirs.
func (s *site) showText(key string) gin.HandlerFunc {
	return s.handle(func(c *gin.Context) error {
		s.show(c, http.StatusOK, page{Template: "text", Title: text(c, key+".h", nil), View: textView{key}})
		return nil
	})
}
