-- Gives a document its form: numbers paragraphs and headings, sets languages and directions, column widths, styles.
-- It only moves and names what pandoc has parsed; no text of the document becomes markup here.

local format = FORMAT:match("docx") or FORMAT:match("typst") or "html"
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

local STYLES = {
  ["p"] = "Numbered Paragraph", ["detail"] = "Masthead Detail", ["treaty"] = "Subtitle", ["title"] = "Title",
  ["question"] = "Question", ["answer"] = "Answer", ["explanation"] = "Explanation", ["notice"] = "Notice",
  ["note"] = "Table Note",
}

local function number_first(blocks, number)
  local first = blocks[1]
  if not first or (first.t ~= "Para" and first.t ~= "Plain") then return end
  if format == "typst" then
    first.content:insert(1, raw('#number("' .. number .. '")'))
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
    content:insert(raw("]"))
    return content
  end
end

local function widths(block, shares)
  local total, index = 0, 0
  for share in shares:gmatch("%d+") do total = total + tonumber(share) end
  local list = {}
  for share in shares:gmatch("%d+") do list[#list + 1] = tonumber(share) / total end
  for position, specification in ipairs(block.colspecs) do
    specification[1] = "AlignDefault"
    specification[2] = format ~= "html" and list[position] or nil
  end
  return block
end

local function table_of(element)
  return element:walk({Table = function(block) return widths(block, element.attributes.widths or "1") end}).content
end

local function div(element)
  if element.classes:includes("table") then
    local content = table_of(element)
    local kind = element.attributes.kind
    if format == "html" then return pandoc.Div(content, {class = "table" .. (kind and " " .. kind or "")}) end
    return content
  end
  if #element.content == 0 then return {} end
  local class = element.classes[1]
  if class == "p" then
    paragraphs = paragraphs + 1
    number_first(element.content, tostring(paragraphs) .. ".")
  end
  local style = STYLES[class]
  if format == "docx" then
    if style then element.attributes["custom-style"] = style end
    return element
  end
  if format == "typst" then
    local content = element.content
    if element.attributes.dir then
      content:insert(1, raw_block("#set text(" .. typst_language(element.attributes) .. ")"))
    end
    local name = style and class or "plain"
    content:insert(1, raw_block("#" .. name .. "-block["))
    content:insert(raw_block("]"))
    return content
  end
  return pandoc.Div(element.content, pandoc.Attr("", class and {class} or {}, {lang = element.attributes.lang, dir = element.attributes.dir}))
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
  element.identifier = ""
  if format == "docx" then
    if element.classes:includes("unnumbered") and element.level == 1 then
      return pandoc.Div({pandoc.Para(element.content)}, {["custom-style"] = "Annex Title"})
    end
    if element.classes:includes("unnumbered") then element.level = element.level + 1 end
    element.classes = {}
    return element
  end
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

function Pandoc(document)
  -- Top down and in order, so that numbers follow the text; spans and line breaks last.
  document = document:walk({
    traverse = "topdown",
    Div = function(element) return div(element) end,
    Header = header,
  })
  return document:walk({Span = span})
end
