; JSX, in the TSX and JavaScript grammars. Attributes follow their tag in document order.

;; elements
(jsx_opening_element) @element
(jsx_self_closing_element) @element
(jsx_attribute) @attribute
