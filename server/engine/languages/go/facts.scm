; Facts of Go. A line `;; name` opens a section; each section is one query.

;; calls
(call_expression function: (_) @callee arguments: (argument_list) @arguments) @call
(composite_literal type: (_) @callee body: (literal_value) @arguments) @construct

;; functions
(function_declaration name: (identifier) @name body: (block) @body) @function
(method_declaration name: (field_identifier) @name body: (block) @body) @function

;; bindings
(parameter_declaration name: (identifier) @parameter)
(variadic_parameter_declaration name: (identifier) @parameter)
(short_var_declaration left: (expression_list (identifier) @variable))
(var_spec name: (identifier) @variable)
(const_spec name: (identifier) @variable)
(range_clause left: (expression_list (identifier) @variable))
(function_declaration name: (identifier) @function)
(type_spec name: (type_identifier) @class)
