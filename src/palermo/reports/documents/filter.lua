-- Gives a document its form: numbers paragraphs and headings, sets languages and directions, column widths, styles.
-- For DOCX the same is done by styles (render/docx.py), which is quicker.
-- It only moves and names what pandoc has parsed; no text of the document becomes markup here.

local format = FORMAT:match("typst") or "html"
local paragraphs, levels = 0, {0, 0}

local function roman(number)
  local out = ""
  for _, pair in ipairs({{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}}) do
    while number >= pair[1] do out = out .. pair[2]; number = number - pair[1] end
  end
  return out
end

local function raw(text) return pandoc.RawInline(format, text) end
local function raw_block(text) return pandoc.RawBlock(format, text) end

-- A language as Typst wants it: two or three letters; the rest of a tag is its region.
local function typst_language(attributes)
  local language = (attributes.lang or ""):match("^%l%l%l?")
  local direction = attributes.dir == "rtl" and "rtl" or "ltr"
  if not language or language == "und" then return "dir: " .. direction end
  return 'lang: "' .. language .. '", dir: ' .. direction
end

-- The blocks that have a form of their own; each is a function in preamble.typ and a class in the style sheets.
local BLOCKS = {p = true, detail = true, treaty = true, title = true, question = true, answer = true, lead = true,
  explanation = true, notice = true, note = true, a = true, i = true}

local function number_first(blocks, number)
  local first = blocks[1]
  if not first or (first.t ~= "Para" and first.t ~= "Plain") then return end
  if format == "typst" then
    first.content:insert(1, raw('#number("' .. number .. '");'))
  elseif format == "html" then
    first.content:insert(1, pandoc.Space())
    first.content:insert(1, pandoc.Span({pandoc.Str(number)}, {class = "number"}))
  end
end

local function span(element)
  if element.classes:includes("br") then return pandoc.LineBreak() end
  if format == "typst" and element.attributes.dir then
    local content = element.content
    content:insert(1, raw("#text(" .. typst_language(element.attributes) .. ")["))
    content:insert(raw("];"))
    return content
  end
end

local function div(element)
  if format == "typst" and (element.classes:includes("table") or element.classes:includes("tablenumbers")) then
    return element.content
  end
  if #element.content == 0 then return {} end
  local class = element.classes[1]
  if class == "chart" then
    -- The picture is put in by render/conference.py; here stands its place, and its title below the place.
    local key = element.attributes.key or ""
    if format == "typst" then
      return {raw_block('#chart("' .. key:gsub("[^%w-]", "") .. '")[' ), element.content[1], raw_block("]")}
    end
    return pandoc.Div({pandoc.Para({pandoc.Str("\u{e00d}" .. key .. "\u{e00d}")}), element.content[1]}, {class = "chart"})
  end
  local given = element.attributes.number
  if class == "p" then
    paragraphs = paragraphs + 1
    number_first(element.content, given or tostring(paragraphs) .. ".")
  elseif given then
    number_first(element.content, given)
  end
  if format == "typst" then
    local content = element.content
    if element.attributes.dir then
      content:insert(1, raw_block("#set text(" .. typst_language(element.attributes) .. ")"))
    end
    local name = BLOCKS[class] and class or "plain"
    content:insert(1, raw_block("#" .. name .. "-block["))
    content:insert(raw_block("]"))
    return content
  end
  -- As a list, so that the order is the same each time.
  local marks = {}
  for _, name in ipairs({"lang", "dir"}) do
    if element.attributes[name] then marks[#marks + 1] = {name, element.attributes[name]} end
  end
  -- On a page an answer can be pointed at; Typst and DOCX have page numbers for that.
  local key = format == "html" and class == "question" and element.attributes.key
  local anchor = key and "q-" .. key or ""
  return pandoc.Div(element.content, pandoc.Attr(anchor, class and {class} or {}, marks))
end

local function header(element)
  local plain = element.classes:includes("unnumbered") or element.level > 2
  local number = ""
  if not plain then
    levels[element.level] = levels[element.level] + 1
    if element.level == 1 then
      levels[2] = 0
      number = roman(levels[1]) .. "."
    else
      number = string.char(64 + levels[2]) .. "."
    end
  end
  if element.attributes.number then
    number = element.attributes.number
    element.attributes.number = nil
  end
  element.identifier = ""
  if format == "html" then
    if number ~= "" then
      element.content:insert(1, pandoc.Space())
      element.content:insert(1, pandoc.Span({pandoc.Str(number)}, {class = "number"}))
    end
    element.classes = {}
    return element
  end
  local content = element.content
  content:insert(1, raw("#title-of(" .. element.level .. ', "' .. number .. '")['))
  content:insert(raw("]"))
  return pandoc.Para(content)
end

-- Top down and in order, so that numbers follow the text; in one walk.
return {{traverse = "topdown", Div = div, Header = header, Span = span}}
