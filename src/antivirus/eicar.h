// antivirus/eicar.h: the test virus every scanner knows, put together at run time so that neither
// our source nor our program sets off a scanner.

#pragma once

#include <string>

namespace sekisho::antivirus {

std::string eicar();         // the 68 bytes
std::string eicar_in_zip();  // stored, not compressed, as member "eicar.com"

}  // namespace sekisho::antivirus
